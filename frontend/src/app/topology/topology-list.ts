import { Component, computed, inject, input } from '@angular/core';
import type { Signal } from '@angular/core';
import { Router } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { FleetStore } from '../servers/fleet-store';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { LINK_LABELS, linkHealth } from './link-health';
import type { NamedCluster } from './topology-map';

interface ListedServer {
  readonly id: string;
  readonly cluster: string;
}

/** The connection to one server. Reads its own signal. */
@Component({
  selector: 'app-topology-row',
  imports: [Cell, RelativeTime, StatusBadge],
  template: `<span uiCell="name"
      ><b>{{ server()().name }}</b></span
    >
    <span uiCell="cluster" class="muted">{{ cluster() }}</span>
    <span uiCell="host" class="mono">{{ server()().host }}</span>
    <span uiCell="status"><ui-status-badge plain [look]="look()" /></span>
    <span uiCell="link" class="muted">{{ t(link()) }}</span>
    <span uiCell="latency" class="number">{{ latency() }}</span>
    <span uiCell="heard" class="small muted number"
      ><ui-relative-time [at]="server()().last_heartbeat_at"
    /></span>`,
})
export class TopologyRow {
  readonly server = input.required<Signal<BoardServer>>();
  readonly cluster = input.required<string>();
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly look = computed(() => SERVER_STATUS[this.server()().status]);
  protected readonly link = computed(() => LINK_LABELS[linkHealth(this.server()())]);
  protected readonly latency = computed(() => {
    const latency = this.server()().latency_ms;
    return latency === null ? '–' : this.formats.duration(latency);
  });
}

/** What the map shows, as a list. */
@Component({
  selector: 'app-topology-list',
  imports: [Table, TableRow, TopologyRow],
  template: `<ui-table
    [label]="t('topology.title')"
    [rows]="rows()"
    [columns]="columns()"
    [keyOf]="keyOf"
    [rowHeight]="40"
    (opened)="open($event)"
  >
    <ng-template uiTableRow [uiTableRowOf]="rows()" let-row>
      @if (serverOf(row.id); as server) {
        <app-topology-row [server]="server" [cluster]="row.cluster" />
      }
    </ng-template>
  </ui-table>`,
})
export class TopologyList {
  readonly clusters = input.required<readonly NamedCluster[]>();
  readonly found = input<ReadonlySet<string> | null>(null);

  private readonly fleet = inject(FleetStore);
  private readonly router = inject(Router);
  protected readonly t = injectTranslate();
  protected readonly rows = computed<readonly ListedServer[]>(() =>
    this.clusters().flatMap(({ ids, heading }) =>
      ids.filter((id) => this.found()?.has(id) ?? true).map((id) => ({ id, cluster: heading })),
    ),
  );
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'name', label: this.t('board.server'), width: 'minmax(130px, 2fr)' },
    {
      id: 'cluster',
      label: this.t('topology.cluster'),
      width: 'minmax(100px, 1fr)',
      fromWidth: 600,
    },
    { id: 'host', label: this.t('topology.address'), width: 'minmax(120px, 1fr)', fromWidth: 820 },
    { id: 'status', label: this.t('board.status'), width: '160px' },
    { id: 'link', label: this.t('topology.link'), width: '140px', fromWidth: 720 },
    { id: 'latency', label: this.t('board.latency'), width: '90px', align: 'end', fromWidth: 480 },
    { id: 'heard', label: this.t('topology.heard'), width: '140px', fromWidth: 940 },
  ]);

  protected readonly keyOf = ({ id }: ListedServer): string => id;

  protected serverOf(id: string): Signal<BoardServer> | undefined {
    return this.fleet.server(id);
  }

  protected open({ id }: ListedServer): void {
    void this.router.navigate(['/servers', id]);
  }
}
