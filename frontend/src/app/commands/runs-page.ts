import { Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listRuns } from '../platform/api/generated/fn/commands/list-runs';
import type { Run } from '../platform/api/generated/models/run';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ListEmpty, ListItems, LiveListView } from '../ui/live-list-view';
import { PageHeader } from '../ui/page-header';
import { RelativeTime } from '../ui/relative-time';
import { Cell, Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { CommandTabs } from './command-tabs';
import { commandText } from './command-text';
import { RunBar } from './run-bar';
import { countsOfRun } from './run-counts';

/** Runs of the newest part of the list. */
const PAGE = 100;

/** One run of the list. */
@Component({
  selector: 'app-run-row',
  imports: [Cell, RelativeTime, RunBar],
  styles: `
    .bar {
      display: flex;
      align-items: center;
      gap: 10px;
    }
    app-run-bar {
      flex: 1;
    }
  `,
  template: `<span uiCell="command" class="mono" [title]="text()">{{ text() }}</span>
    <span uiCell="progress"
      ><span class="bar"
        ><app-run-bar [counts]="counts()" /><span class="small muted number">{{
          t('commands.ofTotal', { ended: counts().ended, total: counts().total })
        }}</span></span
      ></span
    >
    <span uiCell="failed" class="small">{{ failed() }}</span>
    <span uiCell="actor" class="muted">{{ run().actor.name }}</span>
    <span uiCell="created" class="small muted number"
      ><ui-relative-time [at]="run().created_at"
    /></span>`,
})
export class RunRow {
  readonly run = input.required<Run>();
  protected readonly t = injectTranslate();
  protected readonly text = computed(() => commandText(this.run().request, this.t));
  protected readonly counts = computed(() => countsOfRun(this.run()));
  protected readonly failed = computed(() => {
    const { failed } = this.counts();
    return failed === 0 ? '–' : this.t('commands.nFailed', { n: failed });
  });
}

/** The same command on many servers: every run with how far it is. */
@Component({
  selector: 'app-runs-page',
  imports: [
    Button,
    CommandTabs,
    EmptyState,
    ListEmpty,
    ListItems,
    LiveListView,
    PageHeader,
    RouterLink,
    RunRow,
    Table,
    TableRow,
  ],
  styleUrl: './commands-page.css',
  template: `<div class="page">
    <ui-page-header [heading]="t('nav.commands')" [note]="t('commands.runsIntro')">
      @if (mayRun() && list.items()?.length !== 0) {
        <a uiPageActions uiButton="primary" icon="play" routerLink="/commands/new">{{
          t('commands.new')
        }}</a>
      }
    </ui-page-header>
    <app-command-tabs />
    <ui-live-list [list]="list">
      <ng-template uiListEmpty>
        <ui-empty-state
          icon="list"
          [heading]="t('commands.noRuns')"
          [body]="t('commands.noRunsBody')"
        >
          @if (mayRun()) {
            <a uiButton="primary" icon="play" routerLink="/commands/new">{{ t('commands.new') }}</a>
          }
        </ui-empty-state>
      </ng-template>
      <ng-template uiListItems [uiListItemsOf]="list" let-runs>
        <ui-table
          class="table"
          [label]="t('commands.runs')"
          [rows]="runs"
          [columns]="columns()"
          [keyOf]="keyOf"
          [rowHeight]="44"
          (opened)="open($event)"
        >
          <ng-template uiTableRow [uiTableRowOf]="runs" let-run>
            <app-run-row [run]="run" />
          </ng-template>
        </ui-table>
      </ng-template>
    </ui-live-list>
  </div>`,
})
export class RunsPage {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  protected readonly t = injectTranslate();
  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  /** News of commands name no run of the list, and so make its newest part be fetched again. */
  protected readonly list = liveList<Run, null>({
    query: () => null,
    page: (_query, cursor) =>
      this.api.invoke(listRuns, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }),
    idOf: ({ id }) => id,
    topic: 'commands',
    change: (run) => run,
  });
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'command', label: this.t('commands.what'), width: 'minmax(160px, 2fr)' },
    { id: 'progress', label: this.t('commands.progress'), width: 'minmax(170px, 1.4fr)' },
    { id: 'failed', label: this.t('commands.failures'), width: '120px', fromWidth: 620 },
    { id: 'actor', label: this.t('operations.by'), width: '120px', fromWidth: 760 },
    { id: 'created', label: this.t('operations.when'), width: '130px', fromWidth: 520 },
  ]);

  protected readonly keyOf = ({ id }: Run): string => id;

  protected open({ id }: Run): void {
    void this.router.navigate(['/commands/runs', id]);
  }
}
