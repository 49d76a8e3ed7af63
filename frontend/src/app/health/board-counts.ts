import { Component, computed, inject, input, model } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import type { StatusGroup } from '../servers/server-filter';
import { Icon } from '../ui/icon';
import type { GroupCounts } from './board-groups';
import { STATE_LOOKS } from './board-words';

const ORDER: readonly StatusGroup[] = ['online', 'degraded', 'offline', 'attention', 'changing'];

/** How many servers are in which state. Pressing one shows only those; pressing it again shows all. */
@Component({
  selector: 'app-board-counts',
  imports: [Icon],
  host: { role: 'group', '[attr.aria-label]': "t('board.counts')" },
  styles: `
    :host {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(132px, 45%), 1fr));
      gap: 12px;
    }
    button {
      display: grid;
      gap: 4px;
      padding: 12px 16px;
      border: 1px solid var(--line);
      border-radius: var(--radius-l);
      background: var(--surface);
      box-shadow: var(--shadow-low);
      text-align: start;
      min-width: 0;
    }
    button:hover {
      border-color: var(--control-line);
    }
    button[aria-pressed='true'] {
      border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent);
    }
    .name {
      display: flex;
      align-items: center;
      gap: 7px;
      color: var(--muted);
    }
    strong {
      font-size: 26px;
      line-height: 32px;
      font-weight: 600;
      letter-spacing: -0.02em;
    }
    .none strong {
      color: var(--subtle);
    }
    .track {
      height: 4px;
      border-radius: 2px;
      background: var(--idle-soft);
      overflow: hidden;
    }
    .track i {
      display: block;
      height: 100%;
      border-radius: 2px;
    }
  `,
  template: `@for (state of states(); track state.name) {
    <button
      type="button"
      [class.none]="state.count === 0"
      [attr.aria-pressed]="value() === state.name"
      (click)="value.set(value() === state.name ? null : state.name)"
    >
      <span class="name truncate"
        ><svg [uiIcon]="state.look.icon" [style.color]="'var(--' + state.look.tone + ')'"></svg>
        <span class="truncate">{{ t(state.look.label) }}</span></span
      >
      <strong class="number">{{ formats.number(state.count) }}</strong>
      <span class="track"
        ><i
          [style.width.%]="state.share"
          [style.background]="'var(--' + state.look.tone + '-fill)'"
        ></i
      ></span>
    </button>
  }`,
})
export class BoardCounts {
  readonly counts = input.required<GroupCounts>();
  readonly value = model<StatusGroup | null>(null);
  protected readonly t = injectTranslate();
  protected readonly formats = inject(Formats);
  protected readonly states = computed(() => {
    const counts = this.counts();
    const total = ORDER.reduce((sum, name) => sum + counts[name], 0);
    return ORDER.map((name) => ({
      name,
      look: STATE_LOOKS[name],
      count: counts[name],
      // A few of many still show.
      share: counts[name] === 0 ? 0 : Math.max(2, (counts[name] / total) * 100),
    }));
  });
}
