import { Component, computed, inject, input, output } from '@angular/core';
import type { Signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Chip } from '../ui/chip';
import { Meter } from '../ui/meter';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell } from '../ui/table';
import { ServerActions } from './server-actions';

/** Labels shown in the row; the rest is counted. */
const LABELS_SHOWN = 2;

/** `Debian GNU/Linux 12 (bookworm)` as `Debian 12`: the rest stands on the server's page. */
function shortOs(os: string): string {
  return os.replace(' GNU/Linux', '').replace(/ \([^)]*\)$/, '');
}

/** One server in the list. Reads its own signal, so that a change draws this row only. */
@Component({
  selector: 'app-server-row',
  imports: [ActionMenu, Cell, Chip, Meter, RelativeTime, RouterLink, StatusBadge],
  styles: `
    .name {
      display: block;
      font-weight: 500;
    }
    .name:hover {
      text-decoration: underline;
      text-underline-offset: 3px;
    }
    small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--subtle);
    }
    ui-meter {
      --meter-track: 40px;
    }
    .chips {
      display: flex;
      gap: 4px;
      min-width: 0;
      overflow: hidden;
    }
    .chips ui-chip {
      flex: 0 1 auto;
      min-width: 40px;
      overflow: hidden;
    }
    .chips ui-chip.more {
      flex: none;
      min-width: 0;
    }
  `,
  template: `<span uiCell="name">
      <a class="name truncate" tabindex="-1" [routerLink]="['/servers', server()().id]">{{
        server()().name
      }}</a>
      <small class="truncate number">{{ server()().host }}</small>
    </span>
    <span uiCell="status" [title]="cause() ?? ''">
      <ui-status-badge plain [look]="looks[server()().status]" />
      <small class="truncate">
        <ui-relative-time [at]="server()().status_since" />
        @if (cause(); as text) {
          · {{ text }}
        }
      </small>
    </span>
    <span uiCell="os">
      <span class="truncate">{{ os() }}</span>
      <small class="truncate number">{{
        server()().agent_version === null
          ? t('servers.noAgent')
          : t('servers.agentVersion', { version: server()().agent_version ?? '' })
      }}</small>
    </span>
    <span uiCell="labels">
      <span class="chips">
        @for (label of labels(); track label.key) {
          <ui-chip
            [value]="label.value === '' ? label.key : label.value"
            [title]="label.key + '=' + label.value"
          />
        }
        @if (more() > 0) {
          <ui-chip class="more" [value]="'+' + more()" />
        }
      </span>
    </span>
    <span uiCell="cpu"><ui-meter [label]="t('servers.cpu')" [share]="share('cpu_percent')" /></span>
    <span uiCell="memory"
      ><ui-meter [label]="t('servers.memory')" [share]="share('memory_used_percent')"
    /></span>
    <span uiCell="disk"
      ><ui-meter [label]="t('servers.disk')" [share]="share('disk_used_percent')"
    /></span>
    <span uiCell="heartbeat" class="small muted number"
      ><ui-relative-time [at]="server()().last_heartbeat_at"
    /></span>
    <span uiCell="menu"
      ><ui-action-menu size="small" [label]="menuLabel()" [actions]="actions()"
    /></span>`,
})
export class ServerRow {
  readonly server = input.required<Signal<BoardServer>>();
  /** Something was chosen that the page does with servers. */
  readonly chosen = output<'labels' | 'repair' | 'remove'>();

  private readonly serverActions = inject(ServerActions);
  protected readonly t = injectTranslate();
  protected readonly cause = computed(() => {
    const { status_cause: cause } = this.server()();
    return cause === null ? null : causeText(cause);
  });
  protected readonly looks = SERVER_STATUS;

  protected readonly os = computed(() => shortOs(this.server()().os ?? '–'));
  private readonly allLabels = computed(() => Object.entries(this.server()().labels));
  protected readonly labels = computed(() =>
    this.allLabels()
      .slice(0, LABELS_SHOWN)
      .map(([key, value]) => ({ key, value })),
  );
  protected readonly more = computed(() => this.allLabels().length - LABELS_SHOWN);
  protected readonly menuLabel = computed(() =>
    this.t('servers.actionsOf', { name: this.server()().name }),
  );
  private readonly id = computed(() => this.server()().id);
  private readonly connection = computed(() => this.server()().connection);
  protected readonly actions = computed<readonly MenuAction[]>(() =>
    this.serverActions.menuOf({ id: this.id(), connection: this.connection() }, (what) => {
      this.chosen.emit(what);
    }),
  );

  /** While a server does not answer, its last figures are not shown as if they were now's. */
  protected share(
    figure: 'cpu_percent' | 'memory_used_percent' | 'disk_used_percent',
  ): number | null {
    const { figures, status } = this.server()();
    const percent = status === 'online' || status === 'degraded' ? figures?.[figure] : null;
    return percent === null || percent === undefined ? null : percent / 100;
  }
}
