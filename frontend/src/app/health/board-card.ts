import { Component, computed, inject, input } from '@angular/core';
import type { Signal } from '@angular/core';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { Formats } from '../platform/time/formats';
import { groupOf } from '../servers/server-filter';
import { Icon } from '../ui/icon';
import { Meter } from '../ui/meter';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { UptimeBar } from '../ui/uptime-bar';
import { spansNow } from './board-facts';
import type { ServerUptime } from './board-facts';

/** One server of a small fleet: state, why and since when, load and uptime. */
@Component({
  selector: 'app-board-card',
  imports: [Icon, Meter, RelativeTime, StatusBadge, UptimeBar],
  styleUrl: './board-card.css',
  template: `<a
    [class]="group()"
    [attr.href]="'/servers/' + server()().id"
    [attr.data-id]="server()().id"
    [tabindex]="reachable() ? 0 : -1"
  >
    <span class="top">
      <strong class="truncate">{{ server()().name }}</strong>
      <ui-status-badge plain [look]="look()" />
    </span>
    @if (server()().status_cause; as cause) {
      <span class="cause">{{ causeText(cause) }}</span>
      <span class="small muted number">
        {{ t('board.since') }} <ui-relative-time [at]="server()().status_since" />
      </span>
    } @else if (server()().figures; as figures) {
      <span class="figures">
        <svg uiIcon="cpu"></svg><ui-meter [label]="t('board.cpu')" [share]="cpu()" />
        <svg uiIcon="memory"></svg><ui-meter [label]="t('board.memory')" [share]="memory()" />
      </span>
      <span class="small muted number">
        @if (server()().latency_ms; as latency) {
          {{ t('board.answersIn', { time: formats.duration(latency) }) }}
        }
      </span>
    } @else {
      <span class="small muted">{{ t('board.noFigures') }}</span>
    }
    @if (uptime(); as known) {
      <span class="uptime number">
        <ui-uptime-bar fill [spans]="spans()" [share]="known.share" />
        <span class="small muted">{{
          known.share === null ? '–' : formats.percent(known.share)
        }}</span>
      </span>
    }
  </a>`,
})
export class BoardCard {
  readonly server = input.required<Signal<BoardServer>>();
  readonly uptime = input<ServerUptime>();
  readonly reachable = input(false);
  protected readonly t = injectTranslate();
  protected readonly causeText = causeText;
  protected readonly formats = inject(Formats);

  protected readonly group = computed(() => groupOf(this.server()().status));
  protected readonly look = computed(() => SERVER_STATUS[this.server()().status]);
  protected readonly cpu = computed(() => shareOf(this.server()().figures?.cpu_percent));
  protected readonly memory = computed(() => shareOf(this.server()().figures?.memory_used_percent));
  protected readonly spans = computed(() =>
    spansNow(this.uptime()?.spans ?? [], this.server()().status),
  );
}

function shareOf(percent: number | null | undefined): number | null {
  return percent === null || percent === undefined ? null : percent / 100;
}
