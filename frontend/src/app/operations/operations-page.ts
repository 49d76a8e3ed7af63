import { Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { OperationSummary } from '../platform/api/generated/models/operation-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { SessionStore } from '../platform/session/session-store';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ListEmpty, ListItems, LiveListView } from '../ui/live-list-view';
import { PageHeader } from '../ui/page-header';
import { RelativeTime } from '../ui/relative-time';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { StaleMarker } from '../ui/stale-marker';
import { OPERATION_STATUS } from '../ui/status';
import type { OperationStatus } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { followOperations } from './operation-list';
import { layerName, operationTitle } from './operation-words';

const PAGE = 100;
const STATES: readonly OperationStatus[] = [
  'running',
  'pending',
  'failed',
  'cleanup_pending',
  'succeeded',
  'cancelled',
];

/** One operation of the list. */
@Component({
  selector: 'app-operation-row',
  imports: [Cell, RelativeTime, StatusBadge],
  styles: `
    small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
  `,
  template: `<span uiCell="state"><ui-status-badge [look]="looks[operation().state]" /></span>
    <span uiCell="type"
      ><b>{{ title() }}</b>
      @if (!table.shows('server')) {
        <small class="truncate">{{ operation().server_name }}</small>
      }
    </span>
    <span uiCell="server">{{ operation().server_name }}</span>
    <span uiCell="error" class="muted" [title]="error()">{{ error() }}</span>
    <span uiCell="actor" class="muted">{{ operation().actor.name }}</span>
    <span uiCell="created" class="small muted number"
      ><ui-relative-time [at]="operation().created_at"
    /></span>
    <span uiCell="took" class="small number">{{ took() }}</span>`,
})
export class OperationRow {
  readonly operation = input.required<OperationSummary>();
  private readonly t = injectTranslate();
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  /** Where there is no room for a column of its own, the server stands below. */
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly looks = OPERATION_STATUS;
  protected readonly title = computed(() => operationTitle(this.t, this.operation().type));
  protected readonly error = computed(() => {
    const { error } = this.operation();
    return error === null ? '–' : `${layerName(this.t, error.layer)}: ${causeText(error)}`;
  });
  protected readonly took = computed(() => {
    const { started_at: start, finished_at: end } = this.operation();
    if (start === null) return '–';
    const until = end === null ? this.clock.now() : Date.parse(end);
    return this.formats.duration(Math.max(0, until - Date.parse(start)));
  });
}

/** Every long job: what runs, what went wrong, what is done. */
@Component({
  selector: 'app-operations-page',
  imports: [
    Button,
    EmptyState,
    ListEmpty,
    ListItems,
    LiveListView,
    OperationRow,
    PageHeader,
    RouterLink,
    Segmented,
    StaleMarker,
    Table,
    TableRow,
  ],
  styles: `
    :host {
      display: block;
      height: 100%;
    }
    .page {
      height: 100%;
      min-height: 480px;
    }
    .table {
      flex: 1;
      min-height: 0;
    }
  `,
  template: `<div class="page">
    <ui-page-header [heading]="t('nav.operations')" [note]="t('operations.intro')">
      <ui-stale-marker uiPageBadges [fetchedAt]="list.fetchedAt()" />
      @if (mayReadRuns()) {
        <a uiPageActions uiButton icon="scroll" routerLink="/playbook-runs">{{
          t('playbookRuns.title')
        }}</a>
      }
    </ui-page-header>
    <div>
      <ui-segmented
        [label]="t('operations.filter')"
        [segments]="segments()"
        [value]="asked() ?? ''"
        (valueChange)="filter($event)"
      />
    </div>
    <ui-live-list [list]="list">
      <ng-template uiListEmpty>
        <ui-empty-state
          icon="list"
          [heading]="t(asked() === null ? 'operations.empty' : 'operations.noneFound')"
          [body]="t('operations.emptyBody')"
        >
          @if (asked() !== null) {
            <button uiButton (click)="filter('')">{{ t('operations.showAll') }}</button>
          }
        </ui-empty-state>
      </ng-template>
      <ng-template uiListItems [uiListItemsOf]="list" let-items>
        <ui-table
          class="table"
          [label]="t('nav.operations')"
          [rows]="items"
          [columns]="columns()"
          [keyOf]="keyOf"
          [rowHeight]="44"
          (opened)="open($event)"
        >
          <ng-template uiTableRow [uiTableRowOf]="items" let-operation>
            <app-operation-row [operation]="operation" />
          </ng-template>
        </ui-table>
      </ng-template>
    </ui-live-list>
  </div>`,
})
export class OperationsPage {
  readonly state = input<string>();

  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  protected readonly mayReadRuns = computed(() => this.session.can('playbooks:read'));
  protected readonly t = injectTranslate();
  protected readonly asked = computed(() => STATES.find((known) => known === this.state()) ?? null);
  protected readonly list = followOperations(() => {
    const state = this.asked();
    return { limit: PAGE, ...(state === null ? {} : { state }) };
  });
  protected readonly segments = computed<readonly Segment[]>(() => [
    { value: '', label: this.t('operations.all') },
    ...STATES.map((value) => {
      const { label, icon, tone } = OPERATION_STATUS[value];
      return { value, label: this.t(label), icon, tone };
    }),
  ]);
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'state', label: this.t('board.status'), width: '150px' },
    { id: 'type', label: this.t('operations.what'), width: 'minmax(140px, 1.5fr)' },
    { id: 'server', label: this.t('board.server'), width: 'minmax(110px, 1fr)', fromWidth: 460 },
    { id: 'error', label: this.t('operations.why'), width: 'minmax(140px, 2.4fr)', fromWidth: 900 },
    { id: 'actor', label: this.t('operations.by'), width: '110px', fromWidth: 760 },
    { id: 'created', label: this.t('operations.when'), width: '120px', fromWidth: 600 },
    {
      id: 'took',
      label: this.t('operations.took'),
      width: '120px',
      align: 'end',
      fromWidth: 680,
    },
  ]);

  protected readonly keyOf = ({ id }: OperationSummary): string => id;

  protected filter(state: string): void {
    void this.router.navigate([], {
      queryParams: { state: state === '' ? null : state },
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected open({ id }: OperationSummary): void {
    void this.router.navigate(['/operations', id]);
  }
}
