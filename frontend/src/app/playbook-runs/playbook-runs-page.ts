import { Component, computed, inject, input, resource, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listPlaybookRuns } from '../platform/api/generated/fn/playbooks/list-playbook-runs';
import { listPlaybooks } from '../platform/api/generated/fn/playbooks/list-playbooks';
import type { PlaybookRunSummary } from '../platform/api/generated/models/playbook-run-summary';
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
import { PlaybookRunRow } from './playbook-run-row';
import { PlaybookTabs } from './playbook-tabs';
import { RUN_GROUPS, runsFilterFrom, runsQuery } from './runs-filter';
import type { RunsFilter } from './runs-filter';

const PAGE = 100;

/** Every playbook that was run: where, by whom, with what result. Filters stand in the address. */
@Component({
  selector: 'app-playbook-runs-page',
  imports: [
    Button,
    EmptyState,
    ListEmpty,
    ListItems,
    LiveListView,
    PageHeader,
    PlaybookRunRow,
    PlaybookTabs,
    RouterLink,
    Segmented,
    StaleMarker,
    Table,
    TableRow,
  ],
  templateUrl: './playbook-runs-page.html',
  styleUrl: './playbook-runs-page.css',
})
export class PlaybookRunsPage {
  readonly state = input<string>();
  readonly playbook = input<string>();
  readonly server = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();

  protected readonly mayRun = computed(() => this.session.can('playbooks:run'));
  protected readonly filter = computed(() =>
    runsFilterFrom({ state: this.state(), playbook: this.playbook(), server: this.server() }),
  );
  protected readonly isNarrow = computed(() =>
    Object.values(this.filter()).some((value) => value !== null),
  );
  protected readonly list = liveList<PlaybookRunSummary, RunsFilter>({
    query: () => this.filter(),
    page: (filter, cursor) =>
      this.api.invoke(listPlaybookRuns, {
        ...runsQuery(filter),
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    idOf: ({ id }) => id,
    topic: 'playbook_runs',
    outdates: () => true,
    change: (run) => run,
  });
  /** For names and the filter; without them the page works as well. */
  private readonly known = resource({ loader: () => this.api.invoke(listPlaybooks) });
  protected readonly playbooks = computed(() =>
    this.known.hasValue() ? this.known.value().items : [],
  );
  private readonly titles = computed(
    () => new Map(this.playbooks().map(({ id, title }) => [id, title])),
  );
  protected readonly servers = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.all()).toSorted((a, b) => a.name.localeCompare(b.name));
  });
  protected readonly groups = computed<readonly Segment[]>(() => [
    { value: '', label: this.t('operations.all') },
    ...RUN_GROUPS.map((value) => ({
      value,
      label: this.t(value === 'active' ? 'playbookRuns.active' : `status.operation.${value}`),
    })),
  ]);
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'state', label: this.t('board.status'), width: '124px' },
    { id: 'playbook', label: this.t('playbookRuns.playbook'), width: 'minmax(160px, 2fr)' },
    {
      id: 'servers',
      label: this.t('playbookRuns.servers'),
      width: 'minmax(130px, 1fr)',
      fromWidth: 560,
    },
    { id: 'version', label: this.t('runPlaybook.version'), width: '80px', fromWidth: 960 },
    { id: 'actor', label: this.t('operations.by'), width: '110px', fromWidth: 760 },
    { id: 'created', label: this.t('operations.when'), width: '120px', fromWidth: 660 },
    { id: 'took', label: this.t('operations.took'), width: '110px', align: 'end', fromWidth: 860 },
  ]);

  protected readonly keyOf = ({ id }: PlaybookRunSummary): string => id;

  protected titleOf({ playbook: { id, name } }: PlaybookRunSummary): string {
    return this.titles().get(id ?? '') ?? name;
  }

  protected show(params: Readonly<Record<string, string | null>>): void {
    void this.router.navigate([], {
      queryParams: params,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected open({ id }: PlaybookRunSummary): void {
    void this.router.navigate(['/playbook-runs', id]);
  }
}
