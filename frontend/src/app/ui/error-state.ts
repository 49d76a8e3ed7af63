import { Component, computed, effect, inject, input, output, untracked } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { LiveConnection } from '../platform/live/live-connection';
import { toProblem } from '../platform/problem/parse-problem';
import { problemText } from '../platform/problem/problem-text';
import { Button } from './button';
import { CopyButton } from './copy-button';
import { Icon } from './icon';

/**
 * A failure: what happened, what to do, the correlation id, and a way to try again. When nothing had
 * answered, it tries again by itself as soon as the connection is back.
 */
@Component({
  selector: 'ui-error-state',
  imports: [Button, CopyButton, Icon],
  host: { role: 'alert' },
  styles: `
    :host {
      display: flex;
      gap: 12px;
      padding: 14px 16px;
      border: 1px solid color-mix(in oklab, var(--bad) 30%, transparent);
      border-radius: var(--radius-l);
      background: var(--bad-soft);
    }
    :host > svg {
      margin-top: 2px;
      color: var(--bad);
    }
    .words {
      display: flex;
      flex-direction: column;
      gap: 2px;
      flex: 1;
      min-width: 0;
      overflow-wrap: anywhere;
    }
    strong {
      font-weight: 600;
    }
    .id {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 6px;
      margin-top: 4px;
    }
    .action {
      margin-top: 8px;
    }
  `,
  template: `<svg [uiIcon]="problem().isUnreachable ? 'wifi-off' : 'octagon-x'"></svg>
    <div class="words">
      <strong>{{ text().title }}</strong>
      <p>{{ text().detail }}</p>
      @for (field of problem().fields; track $index) {
        <p class="small">
          <code>{{ field.path }}</code> {{ field.message }}
        </p>
      }
      @if (hint(); as line) {
        <p class="muted">{{ line }}</p>
      }
      @if (problem().correlationId; as id) {
        <p class="id small muted">
          {{ t('ui.correlationId') }} <code>{{ id }}</code>
          <ui-copy-button [value]="id" [label]="t('ui.copyCorrelationId')" />
        </p>
      }
      @if (retryable()) {
        <div class="action">
          <button uiButton size="small" icon="refresh" (click)="retry.emit()">
            {{ t('ui.retry') }}
          </button>
        </div>
      }
    </div>`,
})
export class ErrorState {
  /** Anything that was thrown; a `Problem` tells most. */
  readonly error = input.required<unknown>();
  readonly retryable = input(true);
  readonly retry = output();

  protected readonly t = injectTranslate();
  private readonly live = inject(LiveConnection);
  private wasAway = this.live.state() !== 'live';
  protected readonly problem = computed(() => toProblem(this.error()));
  protected readonly text = computed(() => problemText(this.problem(), this.t));
  protected readonly hint = computed(() => {
    const { name, status } = this.problem();
    if (name === 'console_error') return this.t('error.console.hint');
    return status >= 500 ? this.t('error.retryHint') : null;
  });

  constructor() {
    effect(() => {
      const isAway = this.live.state() !== 'live';
      const isBack = this.wasAway && !isAway;
      this.wasAway = isAway;
      if (isBack && untracked(() => this.retryable() && this.problem().isUnreachable)) {
        this.retry.emit();
      }
    });
  }
}
