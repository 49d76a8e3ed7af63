import {
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { cancelRun } from '../platform/api/generated/fn/commands/cancel-run';
import { getRun } from '../platform/api/generated/fn/commands/get-run';
import type { Command } from '../platform/api/generated/models/command';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { problemText } from '../platform/problem/problem-text';
import { SessionStore } from '../platform/session/session-store';
import { FleetStore } from '../servers/fleet-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CodeBlock } from '../ui/code-block';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { PageHeader } from '../ui/page-header';
import { RelativeTime } from '../ui/relative-time';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { Toasts } from '../ui/toasts';
import { CommandPanel } from './command-panel';
import { CommandRow } from './command-row';
import { commandText } from './command-text';
import { isInGroup } from './commands-filter';
import type { CommandGroup } from './commands-filter';
import { RunBar } from './run-bar';
import { countsOfCommands } from './run-counts';
import { runStateText } from './run-state-text';
import { followRun } from './run-feed';

const GRACE_SECONDS = 10;

/** One command on many servers: how it goes on each, and the output of the one that is chosen. */
@Component({
  selector: 'app-run-page',
  imports: [
    Button,
    Card,
    CodeBlock,
    CommandPanel,
    CommandRow,
    ErrorState,
    PageHeader,
    RelativeTime,
    RouterLink,
    RunBar,
    Segmented,
    Skeleton,
    Table,
    TableRow,
  ],
  templateUrl: './run-page.html',
  styleUrl: './run-page.css',
})
export class RunPage {
  readonly id = input.required<string>();
  /** The command whose output is shown. */
  readonly command = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  private readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly cancelling = signal(false);
  protected readonly scriptShown = linkedSignal({ source: this.id, computation: () => false });
  protected readonly group = signal<CommandGroup | ''>('');

  protected readonly run = resource({
    params: () => ({ id: this.id() }),
    loader: ({ params }) => this.api.invoke(getRun, params),
  });
  protected readonly feed = followRun(this.id);
  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  protected readonly text = computed(() =>
    this.run.hasValue() ? commandText(this.run.value().request, this.t) : '',
  );
  private readonly names = computed(() => {
    this.fleet.revision();
    return untracked(() => new Map(this.fleet.all().map(({ id, name }) => [id, name])));
  });
  private readonly commands = computed(() => this.feed.value() ?? []);
  protected readonly counts = computed(() => countsOfCommands(this.commands()));
  protected readonly stateText = computed(() => runStateText(this.counts(), this.t));
  protected readonly isOver = computed(() => {
    const { ended, total } = this.counts();
    return total > 0 && ended === total;
  });
  protected readonly groups = computed<readonly Segment<CommandGroup | ''>[]>(() => {
    const { total, ended, succeeded, failed, cancelled } = this.counts();
    return [
      { value: '', label: this.t('operations.all'), count: total },
      { value: 'active', label: this.t('commands.active'), count: total - ended },
      { value: 'failed', label: this.t('commands.failed'), count: failed },
      { value: 'succeeded', label: this.t('commands.succeeded'), count: succeeded },
      { value: 'cancelled', label: this.t('commands.cancelled'), count: cancelled },
    ];
  });
  /** By name, whatever happens to them: nothing jumps while they run. */
  protected readonly rows = computed(() => {
    const group = this.group();
    return this.commands()
      .filter((command) => isInGroup(command, group === '' ? null : group))
      .toSorted((a, b) => this.nameOf(a).localeCompare(this.nameOf(b)));
  });
  protected readonly shown = computed(
    () => this.commands().find(({ id }) => id === this.command()) ?? null,
  );
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'status', label: this.t('commands.result'), width: '136px' },
    { id: 'server', label: this.t('board.server'), width: 'minmax(110px, 1fr)' },
    { id: 'took', label: this.t('operations.took'), width: '110px', align: 'end', fromWidth: 420 },
    { id: 'exit', label: this.t('commands.exit'), width: '84px', align: 'end', fromWidth: 520 },
    { id: 'output', label: this.t('commands.output'), width: '96px', align: 'end', fromWidth: 600 },
  ]);

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      if (this.text() !== '') title.nameSubject(this.router.url, this.text());
    });
  }

  protected readonly keyOf = ({ id }: Command): string => id;

  protected nameOf({ server_id: id }: Command): string {
    return this.names().get(id) ?? this.t('commands.removedServer');
  }

  protected open(command: Command | null): void {
    void this.router.navigate([], {
      queryParams: { command: command?.id ?? null },
      replaceUrl: true,
    });
  }

  protected again(): void {
    void this.router.navigate(['/commands/new'], { queryParams: { run: this.id() } });
  }

  protected againOne({ id }: Command): void {
    void this.router.navigate(['/commands/new'], { queryParams: { again: id } });
  }

  protected async cancel(): Promise<void> {
    const open = this.counts().total - this.counts().ended;
    const sure = await this.dialogs.confirm({
      title: this.t('commands.cancelRunTitle', { command: this.text(), n: open }),
      body: this.t('run.cancelBody'),
      action: this.t('commands.cancelRun'),
    });
    if (!sure) return;
    this.cancelling.set(true);
    try {
      const body = { grace_seconds: GRACE_SECONDS };
      const { cancelled } = await this.api.invoke(cancelRun, { id: this.id(), body });
      this.toasts.show(this.t('commands.runCancelled', { n: cancelled }));
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    } finally {
      this.cancelling.set(false);
    }
  }
}
