import { Component, computed, inject, resource, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getServerUptime } from '../platform/api/generated/fn/health/get-server-uptime';
import { listServerTransitions } from '../platform/api/generated/fn/servers/list-server-transitions';
import type { ServerTransition } from '../platform/api/generated/models/server-transition';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { steadyValue } from '../platform/live/steady-value';
import { Formats } from '../platform/time/formats';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { RelativeTime } from '../ui/relative-time';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { SERVER_STATUS } from '../ui/status';
import type { ServerStatus, StatusLook } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { UptimeBar } from '../ui/uptime-bar';
import { ServerStore } from './server-store';
import { uptimeSpans } from './uptime-spans';

type Window = '24h' | '7d' | '30d';

const HOURS: Readonly<Record<Window, number>> = { '24h': 24, '7d': 168, '30d': 720 };
const SPANS = 180;
const PAGE = 200;
/** More changes than this in a window are not fetched: the bar would be one colour anyway. */
const MOST_PAGES = 5;
const LATEST = 6;

/** How long the server was up, as a bar and a share, and its latest changes of status. */
@Component({
  selector: 'app-uptime-card',
  imports: [Card, ErrorState, RelativeTime, Segmented, Skeleton, StatusBadge, UptimeBar],
  styles: `
    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 16px;
      padding: 14px 16px;
    }
    ui-uptime-bar {
      flex: 1;
      min-width: 160px;
    }
    .share {
      font-size: 20px;
      font-weight: 600;
      letter-spacing: -0.014em;
    }
    li {
      display: grid;
      grid-template-columns: 150px minmax(0, 1fr) auto;
      gap: 12px;
      align-items: baseline;
      padding: 8px 16px;
      border-top: 1px solid var(--line);
    }
    .waiting {
      padding: 16px;
    }
    @media (max-width: 899px) {
      li {
        grid-template-columns: minmax(0, 1fr) auto;
      }
      li p {
        grid-column: 1 / -1;
        grid-row: 2;
      }
    }
  `,
  template: `<ui-card [heading]="t('server.uptime')" icon="activity" flush>
    <ui-segmented
      uiCardActions
      [label]="t('server.window')"
      [segments]="windows()"
      [(value)]="window"
    />
    @if (data.error(); as error) {
      <div class="waiting"><ui-error-state [error]="error" (retry)="data.reload()" /></div>
    } @else if (history(); as known) {
      <div class="bar">
        <ui-uptime-bar fill [spans]="known.spans" [share]="known.share" />
        <span class="share number">{{ share() }}</span>
      </div>
      <ul>
        @for (change of known.latest; track change.id) {
          <li>
            <ui-status-badge plain [look]="lookOf(change.to)" />
            <p class="small muted truncate" [title]="causeOf(change)">{{ causeOf(change) }}</p>
            <span class="small muted number"><ui-relative-time [at]="change.at" /></span>
          </li>
        }
      </ul>
    } @else {
      <div class="waiting"><ui-skeleton [lines]="4" /></div>
    }
  </ui-card>`,
})
export class UptimeCard {
  private readonly api = inject(Api);
  private readonly store = inject(ServerStore);
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  /** What was is still, also where it was work in progress. */
  protected readonly lookOf = (status: ServerStatus): StatusLook => ({
    ...SERVER_STATUS[status],
    active: false,
  });
  protected readonly causeOf = ({ cause }: ServerTransition): string =>
    cause === null ? '' : causeText(cause);
  protected readonly window = signal<Window>('24h');
  protected readonly windows = computed<readonly Segment<Window>[]>(() => [
    { value: '24h', label: this.t('server.window24h') },
    { value: '7d', label: this.t('server.window7d') },
    { value: '30d', label: this.t('server.window30d') },
  ]);
  protected readonly data = resource({
    params: () => ({
      id: this.store.id(),
      window: this.window(),
      // A change of status is a change of the history.
      since: this.store.live()?.status_since,
    }),
    loader: async ({ params: { id, window } }) => {
      const to = Date.now();
      const from = to - HOURS[window] * 3_600_000;
      const [uptime, transitions] = await Promise.all([
        this.api.invoke(getServerUptime, { id, window }),
        this.transitionsSince(id, from),
      ]);
      return {
        spans: uptimeSpans(transitions, from, to, SPANS),
        share: uptime.percent === null ? null : uptime.percent / 100,
        latest: transitions.slice(0, LATEST),
      };
    },
  });
  protected readonly history = steadyValue(
    this.data,
    computed(() => `${this.store.id()} ${this.window()}`),
  );
  protected readonly share = computed(() => {
    const share = this.history()?.share ?? null;
    return share === null ? this.t('ui.noData') : this.formats.percent(share);
  });

  private async transitionsSince(id: string, from: number): Promise<readonly ServerTransition[]> {
    const found: ServerTransition[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer: { items: ServerTransition[]; next_cursor: string | null } =
        await this.api.invoke(listServerTransitions, {
          id,
          limit: PAGE,
          ...(cursor === null ? {} : { cursor }),
        });
      found.push(...answer.items);
      cursor = answer.next_cursor;
      const oldest = found.at(-1);
      if (cursor === null || (oldest && Date.parse(oldest.at) < from)) break;
    }
    return found;
  }
}
