import { Component, computed, inject, input } from '@angular/core';
import { I18n } from '../platform/i18n/i18n';
import type { RunCounts } from './run-counts';
import { runStateText } from './run-state-text';

/** How far a run is and how it goes: succeeded, failed, cancelled and open as parts of one bar. */
@Component({
  selector: 'app-run-bar',
  host: {
    role: 'progressbar',
    'aria-valuemin': '0',
    '[attr.aria-valuemax]': 'counts().total',
    '[attr.aria-valuenow]': 'counts().ended',
    '[attr.aria-label]': 'label()',
  },
  styles: `
    :host {
      display: flex;
      gap: 2px;
      height: 6px;
      border-radius: 3px;
      background: var(--idle-soft);
      overflow: hidden;
    }
    i {
      min-width: 3px;
    }
  `,
  template: `@for (part of parts(); track part.tone) {
    <i [style.flex-grow]="part.count" [style.background]="part.color"></i>
  }`,
})
export class RunBar {
  readonly counts = input.required<RunCounts>();
  private readonly t = inject(I18n).t;
  protected readonly parts = computed(() => {
    const { total, ended, succeeded, failed, cancelled } = this.counts();
    return [
      { tone: 'ok', count: succeeded, color: 'var(--ok-fill)' },
      { tone: 'bad', count: failed, color: 'var(--bad-fill)' },
      { tone: 'idle', count: cancelled, color: 'var(--idle-fill)' },
      { tone: 'open', count: total - ended, color: 'transparent' },
    ].filter(({ count }) => count > 0);
  });
  protected readonly label = computed(() => runStateText(this.counts(), this.t));
}
