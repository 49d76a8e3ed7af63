import { Component, computed, inject, input } from '@angular/core';
import type { Signal } from '@angular/core';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { Formats } from '../platform/time/formats';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';

/** What the pointer or the focus is on, in a corner of the map. */
@Component({
  selector: 'app-topology-peek',
  imports: [RelativeTime, StatusBadge],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 4px;
      width: 260px;
      max-width: calc(100vw - 48px);
      padding: 12px 14px;
      border-radius: var(--radius-l);
      background: var(--raised);
      box-shadow: var(--shadow-pop);
      pointer-events: none;
    }
    .top {
      display: flex;
      justify-content: space-between;
      gap: 8px;
    }
    p {
      overflow-wrap: anywhere;
    }
  `,
  template: `<span class="top"
      ><strong class="truncate">{{ server()().name }}</strong
      ><ui-status-badge plain [look]="look()"
    /></span>
    <p class="small muted number">
      {{ server()().host }}
      @if (server()().latency_ms; as latency) {
        · {{ t('board.answersIn', { time: formats.duration(latency) }) }}
      }
    </p>
    @if (server()().status_cause; as cause) {
      <p class="small">{{ causeText(cause) }}</p>
    }
    <p class="small muted number">
      {{ t('board.since') }} <ui-relative-time [at]="server()().status_since" />
    </p>`,
})
export class TopologyPeek {
  readonly server = input.required<Signal<BoardServer>>();
  protected readonly t = injectTranslate();
  protected readonly causeText = causeText;
  protected readonly formats = inject(Formats);
  protected readonly look = computed(() => SERVER_STATUS[this.server()().status]);
}
