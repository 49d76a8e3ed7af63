import { Component, booleanAttribute, computed, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Icon } from './icon';
import type { StatusLook } from './status';

/** A state as shape, word and colour: `<ui-status-badge [look]="SERVER_STATUS[status]" />`. */
@Component({
  selector: 'ui-status-badge',
  imports: [Icon],
  styles: `
    :host {
      display: inline-flex;
      vertical-align: middle;
    }
    span {
      display: inline-flex;
      align-items: center;
      gap: 5px;
      height: 22px;
      padding: 0 8px 0 6px;
      border-radius: 6px;
      font-size: 12px;
      font-weight: 500;
      white-space: nowrap;
    }
    span.plain {
      height: 20px;
      padding: 0;
      background: none !important;
    }
    svg {
      width: 13px;
      height: 13px;
      stroke-width: 2.25;
    }
  `,
  template: `<span [class.plain]="plain()" [style.color]="color()" [style.background]="background()"
    ><svg [uiIcon]="look().icon" [class.spin]="look().active"></svg>{{ t(look().label)
    }}<ng-content
  /></span>`,
})
export class StatusBadge {
  readonly look = input.required<StatusLook>();
  /** Without the tinted background, for dense lists. */
  readonly plain = input(false, { transform: booleanAttribute });
  protected readonly t = injectTranslate();
  protected readonly color = computed(() => `var(--${this.look().tone})`);
  protected readonly background = computed(() => `var(--${this.look().tone}-soft)`);
}
