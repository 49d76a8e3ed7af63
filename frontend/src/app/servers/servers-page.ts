import { Component, computed, inject, input, signal, untracked } from '@angular/core';
import type { Signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { NetworkBanner } from '../health/network-banner';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { PageHeader } from '../ui/page-header';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { Table, TableRow } from '../ui/table';
import type { TableColumn, TableSort } from '../ui/table-columns';
import { FleetStore } from './fleet-store';
import { ServerActions } from './server-actions';
import { ServerFilters } from './server-filters';
import {
  countGroups,
  filterFrom,
  filterServers,
  isNarrow,
  labelFacets,
  paramsOf,
} from './server-filter';
import type { ServerFilter } from './server-filter';
import { ServerRow } from './server-row';

/** Every server: searched, filtered and sorted by the address, live. */
@Component({
  selector: 'app-servers-page',
  imports: [
    Button,
    EmptyState,
    ErrorState,
    NetworkBanner,
    PageHeader,
    RouterLink,
    ServerFilters,
    ServerRow,
    Skeleton,
    StaleMarker,
    Table,
    TableRow,
  ],
  templateUrl: './servers-page.html',
  styleUrl: './servers-page.css',
})
export class ServersPage {
  /** The filter in the address. */
  readonly q = input<string>();
  readonly status = input<string>();
  readonly label = input<string | readonly string[]>();
  readonly sort = input<string>();

  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly serverActions = inject(ServerActions);
  protected readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly selected = signal<ReadonlySet<string>>(new Set());

  protected readonly filter = computed(() =>
    filterFrom({ q: this.q(), status: this.status(), label: this.label(), sort: this.sort() }),
  );
  /** Without the figures: those are read by each row for itself. */
  private readonly servers = computed(() => {
    this.fleet.revision();
    return this.fleet.all();
  });
  protected readonly rows = computed(() =>
    filterServers(this.servers(), this.filter()).map(({ id }) => id),
  );
  protected readonly counts = computed(() => countGroups(this.servers(), this.filter()));
  protected readonly facets = computed(() => labelFacets(this.servers()));
  protected readonly isFiltered = computed(() => isNarrow(this.filter()));
  protected readonly isEmpty = computed(
    () => this.fleet.fetchedAt() > 0 && this.servers().length === 0,
  );
  protected readonly note = computed(() => this.t('servers.count', { n: this.servers().length }));
  protected readonly mayWrite = computed(() => this.session.can('servers:write'));
  protected readonly mayManageLocal = computed(() => this.session.can('servers:trust'));
  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  protected readonly mayOperate = computed(() => this.session.can('operations:run'));
  /** Only what is still there; a removed server leaves the selection. */
  protected readonly selection = computed<readonly BoardServer[]>(() => {
    const selected = this.selected();
    return selected.size === 0 ? [] : this.servers().filter(({ id }) => selected.has(id));
  });

  protected readonly emptySelection: ReadonlySet<string> = new Set();
  protected readonly keyOf = (id: string): string => id;
  protected readonly nameOf = (id: string): string =>
    untracked(() => this.fleet.server(id)?.().name ?? id);
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'name', label: this.t('servers.name'), width: 'minmax(104px, 1.1fr)', sortable: true },
    {
      id: 'status',
      label: this.t('servers.status'),
      width: 'minmax(124px, 1.4fr)',
      sortable: true,
    },
    {
      id: 'os',
      label: this.t('servers.os'),
      width: 'minmax(112px, 0.8fr)',
      sortable: true,
      fromWidth: 900,
    },
    {
      id: 'labels',
      label: this.t('servers.labels'),
      width: 'minmax(150px, 1.9fr)',
      fromWidth: 912,
    },
    { id: 'cpu', label: this.t('servers.cpu'), width: '106px', sortable: true, fromWidth: 640 },
    {
      id: 'memory',
      label: this.t('servers.memory'),
      width: '106px',
      sortable: true,
      fromWidth: 760,
    },
    { id: 'disk', label: this.t('servers.disk'), width: '106px', sortable: true, fromWidth: 840 },
    {
      id: 'heartbeat',
      label: this.t('servers.heartbeat'),
      width: '98px',
      sortable: true,
      fromWidth: 1110,
    },
    { id: 'menu', label: this.t('servers.actions'), width: '52px', quiet: true },
  ]);

  protected serverOf(id: string): Signal<BoardServer> {
    const server = this.fleet.server(id);
    // Rows are made from the same list; one that is gone leaves with the next revision.
    if (!server) throw new Error(`no server ${id}`);
    return server;
  }

  protected change(changes: Partial<ServerFilter>): void {
    const filter = { ...this.filter(), ...changes };
    void this.router.navigate([], {
      queryParams: paramsOf(filter),
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected sortBy(sort: TableSort | null): void {
    if (sort) this.change({ sort });
  }

  protected showAll(): void {
    this.change({ search: '', group: null, labels: [] });
  }

  protected open(id: string): void {
    void this.router.navigate(['/servers', id]);
  }

  protected run(): void {
    this.serverActions.run(this.selection());
  }

  protected async one(id: string, what: 'labels' | 'repair' | 'remove'): Promise<void> {
    const server = untracked(() => this.fleet.server(id)?.());
    if (server) await this.act(what, [server]);
  }

  protected async many(what: 'labels' | 'repair' | 'remove'): Promise<void> {
    await this.act(what, this.selection());
  }

  private async act(
    what: 'labels' | 'repair' | 'remove',
    servers: readonly BoardServer[],
  ): Promise<void> {
    if (what === 'labels') await this.serverActions.label(servers);
    else if (what === 'repair') await this.serverActions.repair(servers);
    else if (await this.serverActions.remove(servers)) this.selected.set(new Set());
  }
}
