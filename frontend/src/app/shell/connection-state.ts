import { Component, computed, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { LiveConnection } from '../platform/live/live-connection';
import { Tooltip } from '../ui/tooltip';

/** Whether what is on screen is live. */
@Component({
  selector: 'app-connection-state',
  imports: [Tooltip],
  styles: `
    button {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 24px;
      padding: 0 4px;
      border-radius: 5px;
      font-size: 11px;
      color: var(--muted);
      white-space: nowrap;
      cursor: default;
    }
    i {
      width: 7px;
      height: 7px;
      border: 1.5px solid var(--idle);
      border-radius: 50%;
    }
    .live {
      border-color: var(--ok-fill);
      background: var(--ok-fill);
    }
    .offline {
      border-color: var(--bad);
    }
    .reconnecting,
    .connecting {
      border-color: var(--warn);
      border-style: dashed;
    }
  `,
  template: `<button type="button" [uiTooltip]="hint()" aria-live="polite">
    <i [class]="live.state()" aria-hidden="true"></i>{{ label() }}
    <span class="cdk-visually-hidden">{{ hint() }}</span>
  </button>`,
})
export class ConnectionState {
  protected readonly live = inject(LiveConnection);
  private readonly t = injectTranslate();
  protected readonly label = computed(() => this.t(`live.${this.live.state()}`));
  protected readonly hint = computed(() =>
    this.t(this.live.state() === 'live' ? 'live.hint.live' : 'live.hint.other'),
  );
}
