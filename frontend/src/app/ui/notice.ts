import { Component, booleanAttribute, computed, input } from '@angular/core';
import { Icon } from './icon';
import type { IconName } from './icons';
import type { Tone } from './status';

const ICON_OF = {
  ok: 'circle-check',
  warn: 'warning',
  bad: 'octagon-x',
  info: 'info',
  idle: 'info',
} as const satisfies Record<Tone, IconName>;

/** A sentence that has to be noticed, in its place on the page. */
@Component({
  selector: 'ui-notice',
  imports: [Icon],
  host: {
    '[attr.role]': 'alert() ? "alert" : null',
    '[style.background]': 'background()',
    '[style.--tone]': 'color()',
  },
  styles: `
    :host {
      display: flex;
      gap: 10px;
      padding: 10px 12px;
      border: 1px solid color-mix(in oklab, var(--tone) 26%, transparent);
      border-radius: var(--radius-m);
    }
    svg {
      margin-top: 2px;
      color: var(--tone);
    }
    div {
      flex: 1;
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
  template: `<svg [uiIcon]="icon()"></svg>
    <div><ng-content /></div>`,
})
export class Notice {
  readonly tone = input<Tone>('info');
  /** Came up just now, as the answer to something: told at once by screen readers. */
  readonly alert = input(false, { transform: booleanAttribute });
  protected readonly icon = computed<IconName>(() => ICON_OF[this.tone()]);
  protected readonly color = computed(() => `var(--${this.tone()})`);
  protected readonly background = computed(() => `var(--${this.tone()}-soft)`);
}
