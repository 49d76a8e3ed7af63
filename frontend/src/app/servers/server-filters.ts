import { Component, computed, inject, input, output } from '@angular/core';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { injectTranslate } from '../platform/i18n/i18n';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Chip } from '../ui/chip';
import { Dialogs } from '../ui/dialogs';
import { SearchInput } from '../ui/search-input';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { SavedViews } from './saved-views';
import type { SavedView } from './saved-views';
import type { ServerFilter, StatusGroup } from './server-filter';
import { ViewDialog } from './view-dialog';

/** Labels offered to choose from; others are found by the search. */
const LABELS_OFFERED = 40;

/** Search, status, labels and saved views above the list. */
@Component({
  selector: 'app-server-filters',
  imports: [ActionMenu, Chip, SearchInput, Segmented],
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    ui-search-input {
      flex: 0 1 288px;
    }
    @media (max-width: 899px) {
      ui-search-input {
        flex: 1 1 100%;
      }
    }
  `,
  template: `<ui-search-input
      [label]="t('servers.search')"
      [value]="filter().search"
      (valueChange)="changed.emit({ search: $event })"
    />
    <ui-segmented
      [label]="t('servers.status')"
      [segments]="segments()"
      [value]="filter().group ?? 'all'"
      (valueChange)="changed.emit({ group: $event === 'all' ? null : $event })"
    />
    @if (facets().length > 0) {
      <ui-action-menu
        look="secondary"
        icon="tag"
        [label]="t('servers.filterLabels')"
        [text]="t('servers.labels')"
        [actions]="labelActions()"
      />
    }
    <ui-action-menu
      look="secondary"
      icon="list"
      [label]="t('servers.views')"
      [text]="t('servers.views')"
      [actions]="viewActions()"
    />
    @for (label of filter().labels; track label) {
      <ui-chip [value]="label" removable (removed)="toggle(label)" />
    }`,
})
export class ServerFilters {
  readonly filter = input.required<ServerFilter>();
  readonly counts = input.required<Readonly<Record<StatusGroup | 'all', number>>>();
  readonly facets = input.required<readonly { readonly label: string; readonly count: number }[]>();
  readonly changed = output<Partial<ServerFilter>>();

  private readonly router = inject(Router);
  private readonly dialogs = inject(Dialogs);
  private readonly views = inject(SavedViews);
  protected readonly t = injectTranslate();

  protected readonly segments = computed<readonly Segment<StatusGroup | 'all'>[]>(() => {
    const counts = this.counts();
    const group = this.filter().group;
    const all: Segment<StatusGroup | 'all'>[] = [
      { value: 'all', label: this.t('servers.all'), count: counts.all },
      { value: 'online', label: this.t('status.server.online'), icon: 'circle-check', tone: 'ok' },
      { value: 'degraded', label: this.t('status.server.degraded'), icon: 'warning', tone: 'warn' },
      { value: 'offline', label: this.t('status.server.offline'), icon: 'octagon-x', tone: 'bad' },
      {
        value: 'attention',
        label: this.t('servers.attention'),
        icon: 'shield-alert',
        tone: 'bad',
      },
      { value: 'changing', label: this.t('servers.changing'), icon: 'circle-dashed', tone: 'idle' },
    ];
    return all
      .map((segment) => ({ ...segment, count: counts[segment.value] }))
      .filter(({ value, count }) => count > 0 || value === 'all' || value === group);
  });

  protected readonly labelActions = computed<readonly MenuAction[]>(() =>
    this.facets()
      .slice(0, LABELS_OFFERED)
      .map(({ label, count }) => ({
        label: `${label} (${String(count)})`,
        checked: this.filter().labels.includes(label),
        run: () => {
          this.toggle(label);
        },
      })),
  );

  protected readonly viewActions = computed<readonly MenuAction[]>(() => {
    const views = this.views.list();
    return [
      ...views.map((view) => ({
        label: view.name,
        checked: view.query === this.query(),
        run: () => {
          this.open(view);
        },
      })),
      {
        label: this.t('servers.saveView'),
        icon: 'plus',
        separated: views.length > 0,
        run: () => void this.save(),
      },
      ...views
        .filter((view) => view.query === this.query())
        .map((view): MenuAction => ({
          label: this.t('servers.deleteView', { name: view.name }),
          icon: 'trash',
          danger: true,
          run: () => {
            this.views.remove(view.name);
          },
        })),
    ];
  });

  protected toggle(label: string): void {
    const { labels } = this.filter();
    const isOn = labels.includes(label);
    this.changed.emit({
      labels: isOn ? labels.filter((other) => other !== label) : [...labels, label],
    });
  }

  private open({ query }: SavedView): void {
    void this.router.navigateByUrl(query === '' ? '/servers' : `/servers?${query}`);
  }

  private async save(): Promise<void> {
    const ref = this.dialogs.open<string, readonly string[], ViewDialog>(ViewDialog, {
      data: this.views.list().map(({ name }) => name),
      width: '400px',
    });
    const name = await firstValueFrom(ref.closed);
    if (name !== undefined) this.views.save({ name, query: this.query() });
  }

  /** The filter as it stands in the address now. */
  private query(): string {
    this.filter();
    const { url } = this.router;
    return url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  }
}
