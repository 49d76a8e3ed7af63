import { Component, computed, effect, inject, input, linkedSignal, resource } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { getPlaybook } from '../platform/api/generated/fn/playbooks/get-playbook';
import type { PlaybookRunServer } from '../platform/api/generated/models/playbook-run-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { RunBar } from '../commands/run-bar';
import { runStateText } from '../commands/run-state-text';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Chip } from '../ui/chip';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { followPlaybookRun } from './playbook-run-feed';
import { Recap } from './recap';
import { RunActions } from './run-actions';
import { RunInput } from './run-input';
import { RunServerRow } from './run-server-row';
import { countsOfPlaybookRun, tookOf } from './run-words';
import { ServerPanel } from './server-panel';

/** One playbook on one or many servers, live: how it goes on each, and every task of the one that is chosen. */
@Component({
  selector: 'app-playbook-run-page',
  imports: [
    Button,
    Card,
    Chip,
    ErrorState,
    Notice,
    PageHeader,
    Recap,
    RelativeTime,
    RouterLink,
    RunActions,
    RunBar,
    RunInput,
    RunServerRow,
    ServerPanel,
    Skeleton,
    StaleMarker,
    StatusBadge,
    Table,
    TableRow,
  ],
  templateUrl: './playbook-run-page.html',
  styleUrl: './playbook-run-page.css',
})
export class PlaybookRunPage {
  readonly id = input.required<string>();
  /** The server whose tasks are shown. */
  readonly server = input<string>();

  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  private readonly router = inject(Router);
  protected readonly t = injectTranslate();
  protected readonly looks = OPERATION_STATUS;

  protected readonly feed = followPlaybookRun(this.id);
  protected readonly run = this.feed.value;
  private readonly playbookId = computed(() => this.run()?.playbook.id ?? null);
  private readonly playbook = resource({
    params: () => this.playbookId() ?? undefined,
    loader: ({ params: id }) => this.api.invoke(getPlaybook, { id }),
  });
  /** The title once it is known; a playbook that was removed meanwhile has the name it had. */
  protected readonly title = computed(() => {
    const name = this.run()?.playbook.name ?? '';
    return this.playbook.hasValue() ? this.playbook.value().title : name;
  });
  protected readonly counts = computed(() => {
    const run = this.run();
    return run ? countsOfPlaybookRun(run) : null;
  });
  protected readonly stateText = computed(() => {
    const counts = this.counts();
    return counts ? runStateText(counts, this.t) : '';
  });
  protected readonly took = computed(() => {
    const run = this.run();
    return run ? tookOf(run, () => this.clock.now(), this.formats) : '';
  });
  /** Until somebody chooses: what went wrong first, else what runs. Stays while the run goes on. */
  private readonly first = linkedSignal<readonly PlaybookRunServer[], string | null>({
    source: () => this.run()?.servers ?? [],
    computation: (servers, before) => {
      const stays = servers.some(({ server_id: id }) => id === before?.value);
      return stays ? (before?.value ?? null) : firstOf(servers);
    },
  });
  protected readonly shown = computed(() => {
    const servers = this.run()?.servers ?? [];
    const chosen = servers.find(({ server_id: id }) => id === this.server());
    return chosen ?? servers.find(({ server_id: id }) => id === this.first()) ?? null;
  });
  /** The row of the server that is shown. */
  protected readonly marked = computed<ReadonlySet<string>>(
    () => new Set([this.shown()?.server_id ?? '']),
  );
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'state', label: this.t('board.status'), width: '124px' },
    { id: 'server', label: this.t('board.server'), width: 'minmax(110px, 1fr)' },
    {
      id: 'result',
      label: this.t('playbookRun.result'),
      width: 'minmax(150px, 1.6fr)',
      fromWidth: 470,
    },
    { id: 'took', label: this.t('operations.took'), width: '96px', align: 'end', fromWidth: 380 },
  ]);

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      if (this.title() !== '') title.nameSubject(this.router.url, this.title());
    });
  }

  protected readonly keyOf = ({ server_id: id }: PlaybookRunServer): string => id;

  protected open({ server_id: id }: PlaybookRunServer): void {
    void this.router.navigate([], { queryParams: { server: id }, replaceUrl: true });
  }
}

function firstOf(servers: readonly PlaybookRunServer[]): string | null {
  const byState = (wanted: PlaybookRunServer['state']): PlaybookRunServer | undefined =>
    servers.find(({ state }) => state === wanted);
  return (byState('failed') ?? byState('running') ?? servers[0])?.server_id ?? null;
}
