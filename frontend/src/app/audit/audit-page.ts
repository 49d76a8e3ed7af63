import { Component, computed, inject, input, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { Router } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listAuditEvents } from '../platform/api/generated/fn/audit/list-audit-events';
import type { AuditEvent } from '../platform/api/generated/models/audit-event';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { problemText } from '../platform/problem/problem-text';
import { Formats } from '../platform/time/formats';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Button } from '../ui/button';
import { Dialogs } from '../ui/dialogs';
import { EmptyState } from '../ui/empty-state';
import { ListEmpty, ListItems, LiveListView } from '../ui/live-list-view';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { Toasts } from '../ui/toasts';
import { AuditDialog } from './audit-dialog';
import { exportText } from './audit-export';
import type { ExportFormat } from './audit-export';
import { auditFilterFrom, auditQuery, isNarrow } from './audit-filter';
import type { AuditFilter, AuditParams } from './audit-filter';
import { AuditFilters } from './audit-filters';
import { AuditRow } from './audit-row';
import { saveFile } from './save-file';

const PAGE = 100;

/** Events fetched at once for an export: the most that the manager answers. */
const EXPORT_PAGE = 500;

/** Who did what, on which object, from where, and with what outcome. */
@Component({
  selector: 'app-audit-page',
  imports: [
    ActionMenu,
    AuditFilters,
    AuditRow,
    Button,
    EmptyState,
    ListEmpty,
    ListItems,
    LiveListView,
    Notice,
    PageHeader,
    Table,
    TableRow,
  ],
  templateUrl: './audit-page.html',
  styles: `
    :host {
      display: block;
      height: 100%;
    }
    .page {
      height: 100%;
      min-height: 520px;
    }
    .table {
      flex: 1;
      min-height: 0;
    }
  `,
})
export class AuditPage {
  readonly actor = input<string>();
  readonly action = input<string>();
  readonly type = input<string>();
  readonly object = input<string>();
  readonly outcome = input<string>();
  readonly from = input<string>();
  readonly to = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly document = inject(DOCUMENT);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);
  protected readonly formats = inject(Formats);
  protected readonly t = injectTranslate();

  protected readonly filter = computed(() => auditFilterFrom(this.params()));
  protected readonly narrow = computed(() => isNarrow(this.filter()));
  protected readonly list = liveList<AuditEvent, AuditFilter>({
    query: () => this.filter(),
    page: (filter, cursor) => this.page(filter, PAGE, cursor),
    idOf: ({ id }) => id,
  });
  /** Events fetched so far for the export that goes on; null while none does. */
  protected readonly exporting = signal<number | null>(null);
  private exportRun = new AbortController();

  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'outcome', label: this.t('audit.outcome'), width: '118px' },
    { id: 'action', label: this.t('audit.action'), width: 'minmax(150px, 1.6fr)' },
    { id: 'object', label: this.t('audit.object'), width: 'minmax(120px, 1.6fr)', fromWidth: 640 },
    { id: 'actor', label: this.t('audit.actor'), width: 'minmax(100px, 1fr)', fromWidth: 460 },
    { id: 'address', label: this.t('audit.address'), width: '150px', fromWidth: 900 },
    { id: 'at', label: this.t('audit.at'), width: '200px', fromWidth: 760 },
  ]);
  protected readonly exports = computed<readonly MenuAction[]>(() =>
    (['csv', 'json'] as const).map((format) => ({
      label: this.t(`audit.export.${format}`),
      icon: 'download' as const,
      run: () => void this.export(format),
    })),
  );

  protected readonly keyOf = ({ id }: AuditEvent): string => id;

  protected show(params: Readonly<Record<string, string | null>>): void {
    void this.router.navigate([], {
      queryParams: params,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected showAll(): void {
    void this.router.navigate([], { queryParams: {}, replaceUrl: true });
  }

  protected open(event: AuditEvent): void {
    this.dialogs.open(AuditDialog, { data: event, width: '620px' });
  }

  protected cancelExport(): void {
    this.exportRun.abort();
  }

  /** Everything the filter lets through, also what is not loaded yet. */
  private async export(format: ExportFormat): Promise<void> {
    if (this.exporting() !== null) return;
    const { signal } = (this.exportRun = new AbortController());
    this.exporting.set(0);
    try {
      const events = await this.everything(signal);
      if (signal.aborted) return;
      const day = new Date().toISOString().slice(0, 10);
      saveFile(this.document, {
        name: `myx-audit-${day}.${format}`,
        type: format === 'csv' ? 'text/csv;charset=utf-8' : 'application/json',
        text: exportText(events, format),
      });
      this.toasts.show(this.t('audit.exported', { n: events.length }));
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    } finally {
      this.exporting.set(null);
    }
  }

  private async everything(signal: AbortSignal): Promise<AuditEvent[]> {
    const filter = this.filter();
    const events: AuditEvent[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.page(filter, EXPORT_PAGE, cursor);
      events.push(...page.items);
      this.exporting.set(events.length);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && !signal.aborted);
    return events;
  }

  private page(
    filter: AuditFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<{ items: AuditEvent[]; next_cursor: string | null }> {
    return this.api.invoke(listAuditEvents, {
      ...auditQuery(filter),
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
  }

  private params(): AuditParams {
    const values = {
      actor: this.actor(),
      action: this.action(),
      type: this.type(),
      object: this.object(),
      outcome: this.outcome(),
      from: this.from(),
      to: this.to(),
    };
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  }
}
