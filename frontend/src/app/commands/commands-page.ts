import { Component, computed, inject, input, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listCommands } from '../platform/api/generated/fn/commands/list-commands';
import type { Command } from '../platform/api/generated/models/command';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { SessionStore } from '../platform/session/session-store';
import { FleetStore } from '../servers/fleet-store';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ListEmpty, ListItems, LiveListView } from '../ui/live-list-view';
import { PageHeader } from '../ui/page-header';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { StaleMarker } from '../ui/stale-marker';
import { Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { CommandRow } from './command-row';
import { CommandTabs } from './command-tabs';
import {
  COMMAND_GROUPS,
  PERIODS,
  commandFilterFrom,
  commandsQuery,
  isInGroup,
} from './commands-filter';
import type { CommandFilter, Period } from './commands-filter';

const PAGE = 100;

/** Everything that was run: what, where, by whom, with what result. Filters stand in the address. */
@Component({
  selector: 'app-commands-page',
  imports: [
    Button,
    CommandRow,
    CommandTabs,
    EmptyState,
    ListEmpty,
    ListItems,
    LiveListView,
    PageHeader,
    RouterLink,
    Segmented,
    StaleMarker,
    Table,
    TableRow,
  ],
  templateUrl: './commands-page.html',
  styleUrl: './commands-page.css',
})
export class CommandsPage {
  readonly state = input<string>();
  readonly server = input<string>();
  readonly since = input<string>();
  readonly mine = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();

  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  protected readonly filter = computed(() =>
    commandFilterFrom(
      { state: this.state(), server: this.server(), since: this.since(), mine: this.mine() },
      this.session.session()?.id ?? null,
    ),
  );
  protected readonly isNarrow = computed(() =>
    Object.values(this.filter()).some((value) => value !== null),
  );
  protected readonly list = liveList<Command, CommandFilter>({
    query: () => this.filter(),
    page: (filter, cursor) =>
      this.api.invoke(listCommands, {
        ...commandsQuery(filter, Date.now()),
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    idOf: ({ id }) => id,
    topic: 'commands',
    change: (command, { type, data }) =>
      type === 'command_changed' ? (data as unknown as Command) : command,
    accepts: (command, { group }) => isInGroup(command, group),
  });
  /** Nothing was run at all: the one action then stands in the middle. */
  protected readonly isEmpty = computed(() => this.list.items()?.length === 0 && !this.isNarrow());
  protected readonly servers = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.all()).toSorted((a, b) => a.name.localeCompare(b.name));
  });
  private readonly names = computed(
    () => new Map(this.servers().map(({ id, name }) => [id, name])),
  );
  protected readonly groups = computed<readonly Segment[]>(() => [
    { value: '', label: this.t('operations.all') },
    ...COMMAND_GROUPS.map((value) => ({ value, label: this.t(`commands.${value}`) })),
  ]);
  protected readonly periods = computed(() =>
    (Object.keys(PERIODS) as Period[]).map((value) => ({
      value,
      label: this.t(`commands.since.${value}`),
    })),
  );
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'status', label: this.t('commands.result'), width: '136px' },
    { id: 'command', label: this.t('commands.what'), width: 'minmax(160px, 3fr)' },
    { id: 'server', label: this.t('board.server'), width: 'minmax(110px, 1fr)', fromWidth: 560 },
    { id: 'actor', label: this.t('operations.by'), width: '110px', fromWidth: 760 },
    { id: 'created', label: this.t('operations.when'), width: '120px', fromWidth: 660 },
    { id: 'took', label: this.t('operations.took'), width: '110px', align: 'end', fromWidth: 860 },
    { id: 'exit', label: this.t('commands.exit'), width: '90px', align: 'end', fromWidth: 960 },
    {
      id: 'output',
      label: this.t('commands.output'),
      width: '100px',
      align: 'end',
      fromWidth: 1040,
    },
  ]);

  protected readonly keyOf = ({ id }: Command): string => id;

  /** A server that was removed is only known by its id. */
  protected nameOf({ server_id: id }: Command): string {
    return this.names().get(id) ?? this.t('commands.removedServer');
  }

  protected show(params: Readonly<Record<string, string | null>>): void {
    void this.router.navigate([], {
      queryParams: params,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected open({ id }: Command): void {
    void this.router.navigate(['/commands', id]);
  }
}
