import { Component, computed, inject, input } from '@angular/core';
import type { Signal } from '@angular/core';
import { Router } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { Formats } from '../platform/time/formats';
import { FleetStore } from '../servers/fleet-store';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { UptimeBar } from '../ui/uptime-bar';
import { spansNow } from './board-facts';
import type { ServerUptime } from './board-facts';

/** A server with the heading of the group it stands in. */
export interface BoardRowRef {
  readonly id: string;
  readonly group: string;
}

/** One compact row. Reads its own signal. */
@Component({
  selector: 'app-board-row',
  imports: [Cell, RelativeTime, StatusBadge, UptimeBar],
  styles: `
    .uptime {
      display: flex;
      align-items: center;
      gap: 8px;
    }
  `,
  template: `<span uiCell="name" class="truncate"
      ><b>{{ server()().name }}</b></span
    >
    <span uiCell="group" class="muted">{{ group() }}</span>
    <span uiCell="status"><ui-status-badge plain [look]="look()" /></span>
    <span uiCell="cause" class="muted" [title]="cause() ?? ''">{{ cause() ?? '–' }}</span>
    <span uiCell="since" class="small muted number"
      ><ui-relative-time [at]="server()().status_since"
    /></span>
    <span uiCell="latency" class="small number">{{ latency() }}</span>
    <span uiCell="uptime">
      @if (uptime(); as known) {
        <span class="uptime small muted number"
          ><ui-uptime-bar [spans]="spans()" [share]="known.share" />
          {{ known.share === null ? '–' : formats.percent(known.share) }}</span
        >
      }
    </span>`,
})
export class BoardRow {
  readonly server = input.required<Signal<BoardServer>>();
  readonly group = input.required<string>();
  readonly uptime = input<ServerUptime>();
  protected readonly t = injectTranslate();
  protected readonly formats = inject(Formats);
  protected readonly cause = computed(() => {
    const { status_cause: cause } = this.server()();
    return cause === null ? null : causeText(cause);
  });
  protected readonly look = computed(() => SERVER_STATUS[this.server()().status]);
  protected readonly spans = computed(() =>
    spansNow(this.uptime()?.spans ?? [], this.server()().status),
  );
  protected readonly latency = computed(() => {
    const latency = this.server()().latency_ms;
    return latency === null ? '–' : this.formats.duration(latency);
  });
}

/** The board as compact rows: the cause of each server in one sentence, and its uptime. */
@Component({
  selector: 'app-board-rows',
  imports: [BoardRow, Table, TableRow],
  template: `<ui-table
    [label]="t('board.title')"
    [rows]="rows()"
    [columns]="columns()"
    [keyOf]="keyOf"
    [rowHeight]="36"
    (opened)="open($event)"
  >
    <ng-template uiTableRow [uiTableRowOf]="rows()" let-row>
      @if (serverOf(row.id); as server) {
        <app-board-row [server]="server" [group]="row.group" [uptime]="uptimes().get(row.id)" />
      }
    </ng-template>
  </ui-table>`,
})
export class BoardRows {
  readonly rows = input.required<readonly BoardRowRef[]>();
  readonly uptimes = input.required<ReadonlyMap<string, ServerUptime>>();
  /** Heading of the column that says by what the rows stand together; null where the state says it. */
  readonly grouping = input.required<string | null>();

  private readonly fleet = inject(FleetStore);
  private readonly router = inject(Router);
  protected readonly t = injectTranslate();
  protected readonly columns = computed<readonly TableColumn[]>(() => {
    const grouping = this.grouping();
    return [
      { id: 'name', label: this.t('board.server'), width: 'minmax(130px, 1.2fr)' },
      ...(grouping === null
        ? []
        : [{ id: 'group', label: grouping, width: 'minmax(100px, 0.8fr)', fromWidth: 700 }]),
      { id: 'status', label: this.t('board.status'), width: '150px' },
      { id: 'cause', label: this.t('board.cause'), width: 'minmax(160px, 3fr)', fromWidth: 620 },
      { id: 'since', label: this.t('board.sinceColumn'), width: '120px', fromWidth: 880 },
      {
        id: 'latency',
        label: this.t('board.latency'),
        width: '90px',
        fromWidth: 980,
        align: 'end',
      },
      { id: 'uptime', label: this.t('board.uptime'), width: '210px', fromWidth: 780 },
    ];
  });

  protected readonly keyOf = ({ id }: BoardRowRef): string => id;

  protected serverOf(id: string): Signal<BoardServer> | undefined {
    return this.fleet.server(id);
  }

  protected open({ id }: BoardRowRef): void {
    void this.router.navigate(['/servers', id]);
  }
}
