import { Component, computed, input, model, signal } from '@angular/core';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { labelFacets } from '../servers/server-filter';
import { Chip } from '../ui/chip';
import { SearchInput } from '../ui/search-input';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { visibleServers } from '../health/board-groups';
import { toggledLabel } from './run-targets';
import type { TargetKind } from './run-targets';

/** Chooses servers one by one, or by the labels they have. */
@Component({
  selector: 'app-target-picker',
  imports: [Cell, Chip, SearchInput, Segmented, StatusBadge, Table, TableRow],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
    .table {
      height: 300px;
    }
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    li button {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 28px;
      padding: 0 8px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-m);
    }
    li button[aria-pressed='true'] {
      border-color: var(--accent);
      background: var(--accent-soft);
    }
  `,
  template: `<div class="row">
      <ui-segmented [label]="t('commands.where')" [segments]="kinds()" [(value)]="kind" />
      @if (kind() === 'servers') {
        <ui-search-input [label]="t('topology.find')" [(value)]="search" />
      }
    </div>
    @if (kind() === 'servers') {
      <ui-table
        class="table"
        selectable
        [label]="t('commands.where')"
        [rows]="found()"
        [columns]="columns()"
        [keyOf]="keyOf"
        [nameOf]="nameOf"
        [rowHeight]="36"
        [(selected)]="ids"
        (opened)="toggle($event)"
      >
        <ng-template uiTableRow [uiTableRowOf]="found()" let-server>
          <span uiCell="name"
            ><b>{{ server.name }}</b></span
          >
          <span uiCell="status"><ui-status-badge plain [look]="looks[server.status]" /></span>
          <span uiCell="labels" class="small muted">{{ labelsOf(server) }}</span>
        </ng-template>
      </ui-table>
    } @else {
      <ul [attr.aria-label]="t('commands.byLabels')">
        @for (facet of facets(); track facet.label) {
          <li>
            <button
              type="button"
              [attr.aria-pressed]="labels().has(facet.label)"
              (click)="press(facet.label)"
            >
              <ui-chip [value]="facet.label" /><span class="number subtle">{{ facet.count }}</span>
            </button>
          </li>
        } @empty {
          <li class="muted">{{ t('commands.noLabels') }}</li>
        }
      </ul>
      <p class="small muted">{{ t('commands.labelsHint') }}</p>
    }`,
})
export class TargetPicker {
  readonly servers = input.required<readonly BoardServer[]>();
  readonly kind = model.required<TargetKind>();
  readonly ids = model.required<ReadonlySet<string>>();
  readonly labels = model.required<ReadonlySet<string>>();

  protected readonly t = injectTranslate();
  protected readonly looks = SERVER_STATUS;
  protected readonly search = signal('');
  protected readonly kinds = computed<readonly Segment<TargetKind>[]>(() => [
    { value: 'servers', label: this.t('commands.byHand'), icon: 'server' },
    { value: 'labels', label: this.t('commands.byLabels'), icon: 'tag' },
  ]);
  protected readonly found = computed(() =>
    visibleServers(this.servers(), { search: this.search(), state: null }),
  );
  protected readonly facets = computed(() => labelFacets(this.servers()));
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'name', label: this.t('board.server'), width: 'minmax(130px, 1fr)' },
    { id: 'status', label: this.t('board.status'), width: '150px', fromWidth: 380 },
    {
      id: 'labels',
      label: this.t('commands.labels'),
      width: 'minmax(120px, 1.6fr)',
      fromWidth: 560,
    },
  ]);

  protected readonly keyOf = ({ id }: BoardServer): string => id;
  protected readonly nameOf = ({ name }: BoardServer): string => name;

  protected labelsOf({ labels }: BoardServer): string {
    return Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join('  ');
  }

  protected toggle({ id }: BoardServer): void {
    this.ids.update((ids) =>
      ids.has(id) ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id]),
    );
  }

  protected press(label: string): void {
    this.labels.update((labels) => toggledLabel(labels, label));
  }
}
