import { Component, computed, input, signal } from '@angular/core';
import type { Signal } from '@angular/core';
import { Meter } from '../ui/meter';
import { Sparkline } from '../ui/sparkline';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table, TableRow } from '../ui/table';
import type { TableColumn, TableSort } from '../ui/table-columns';
import { sampleServers } from './samples';
import type { SampleServer } from './samples';

/** One row: reads its own signal, so that a change draws this row only. */
@Component({
  selector: 'app-design-row',
  imports: [Cell, Meter, Sparkline, StatusBadge],
  styles: `
    b,
    small {
      display: block;
    }
    b {
      font-weight: 500;
    }
    small {
      font-size: 12px;
      line-height: 16px;
      color: var(--subtle);
    }
  `,
  template: `<span uiCell="name"
      ><b class="truncate">{{ server()().name }}</b
      ><small class="number">{{ server()().address }}</small></span
    >
    <span uiCell="status"><ui-status-badge [look]="looks[server()().status]" /></span>
    <span uiCell="cpu"><ui-sparkline [values]="server()().history" /></span>
    <span uiCell="memory"><ui-meter label="Memory" [share]="server()().memory" /></span>`,
})
export class DesignRow {
  readonly server = input.required<Signal<SampleServer>>();
  protected readonly looks = SERVER_STATUS;
}

/** Five thousand rows. */
@Component({
  selector: 'app-design-table',
  imports: [DesignRow, Table, TableRow],
  styles: `
    :host {
      display: block;
      height: 360px;
    }
  `,
  template: `<ui-table
    label="Servers"
    selectable
    [rows]="rows()"
    [columns]="columns"
    [keyOf]="keyOf"
    [(sort)]="sort"
    [(selected)]="selected"
    (opened)="last.set($event)"
  >
    <ng-template uiTableRow [uiTableRowOf]="rows()" let-id>
      <app-design-row [server]="serverOf(id)" />
    </ng-template>
  </ui-table>`,
})
export class DesignTable {
  private readonly servers = sampleServers(5000);
  protected readonly sort = signal<TableSort | null>({ column: 'name', descending: false });
  protected readonly selected = signal<ReadonlySet<string>>(new Set());
  protected readonly last = signal('');
  protected readonly keyOf = (id: string): string => id;
  protected readonly columns: readonly TableColumn[] = [
    { id: 'name', label: 'Server', width: 'minmax(140px, 2fr)', sortable: true },
    { id: 'status', label: 'Status', width: '170px', sortable: true },
    { id: 'cpu', label: 'CPU', width: '110px', fromWidth: 480 },
    { id: 'memory', label: 'Memory', width: '140px', fromWidth: 620 },
  ];
  protected readonly rows = computed(() => {
    const ids = [...this.servers.keys()];
    return this.sort()?.descending === true ? ids.reverse() : ids;
  });

  protected serverOf(id: string): Signal<SampleServer> {
    const server = this.servers.get(id);
    if (!server) throw new Error(`no such sample: ${id}`);
    return server;
  }
}
