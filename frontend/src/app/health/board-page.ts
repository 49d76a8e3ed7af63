import { Component, computed, inject, input, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { FleetStore } from '../servers/fleet-store';
import type { StatusGroup } from '../servers/server-filter';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { PageHeader } from '../ui/page-header';
import { SearchInput } from '../ui/search-input';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { BoardChanges } from './board-changes';
import { BoardCounts } from './board-counts';
import { followBoardFacts } from './board-facts';
import type { ServerUptime } from './board-facts';
import { BoardGroupView } from './board-group';
import {
  countsOf,
  groupBoard,
  groupingFrom,
  labelKeys,
  stateFrom,
  visibleServers,
} from './board-groups';
import { BoardRows } from './board-rows';
import type { BoardRowRef } from './board-rows';
import { groupHeadings } from './group-headings';
import { NetworkBanner } from './network-banner';

/** Up to so many servers each has a card of its own; more are small squares. */
const MOST_CARDS = 40;

/** Latest changes shown. */
const CHANGES = 12;

const NO_UPTIMES: ReadonlyMap<string, ServerUptime> = new Map();

/** The health of every server at a glance, live. What is shown and how stands in the address. */
@Component({
  selector: 'app-board-page',
  imports: [
    BoardChanges,
    BoardCounts,
    BoardGroupView,
    BoardRows,
    Button,
    Card,
    EmptyState,
    ErrorState,
    NetworkBanner,
    PageHeader,
    RouterLink,
    SearchInput,
    Segmented,
    Skeleton,
    StaleMarker,
  ],
  templateUrl: './board-page.html',
  styleUrl: './board-page.css',
})
export class BoardPage {
  readonly by = input<string>();
  readonly state = input<string>();
  readonly view = input<string>();
  readonly q = input<string>();

  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly headings = groupHeadings();
  protected readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly facts = followBoardFacts();

  protected readonly grouping = computed(() => groupingFrom(this.by()));
  protected readonly filterState = computed(() => stateFrom(this.state()));
  protected readonly isRows = computed(() => this.view() === 'rows');
  protected readonly mayAdd = computed(() => this.session.can('servers:write'));
  protected readonly lostSince = computed(() => this.facts.value()?.lostSince ?? null);
  protected readonly uptimes = computed(() => this.facts.value()?.uptimes ?? NO_UPTIMES);

  /** Anew when a state, a name, a label or the list changes; never for figures. */
  private readonly servers = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.all());
  });
  protected readonly total = computed(() => this.servers().length);
  private readonly found = computed(() =>
    visibleServers(this.servers(), { search: this.q() ?? '', state: null }),
  );
  protected readonly counts = computed(() => countsOf(this.found()));
  private readonly shown = computed(() =>
    visibleServers(this.found(), { search: '', state: this.filterState() }),
  );
  protected readonly groups = computed(() =>
    groupBoard(this.shown(), this.grouping()).map((group) => ({
      group,
      heading: this.headings.of(group, this.grouping()),
    })),
  );
  protected readonly size = computed(() => (this.total() <= MOST_CARDS ? 'card' : 'tile'));
  protected readonly rows = computed<readonly BoardRowRef[]>(() =>
    this.groups().flatMap(({ group, heading }) => group.ids.map((id) => ({ id, group: heading }))),
  );
  protected readonly columnOfGroup = computed(() => {
    const grouping = this.grouping();
    return grouping === 'status' || grouping === 'cause' ? null : grouping.slice('label:'.length);
  });
  protected readonly latest = computed(() =>
    this.servers()
      .toSorted((a, b) => b.status_since.localeCompare(a.status_since))
      .slice(0, CHANGES)
      .map(({ id }) => id),
  );
  protected readonly views = computed<readonly Segment<'tiles' | 'rows'>[]>(() => [
    { value: 'tiles', label: this.t('board.tiles'), icon: 'grid' },
    { value: 'rows', label: this.t('board.rows'), icon: 'menu' },
  ]);
  protected readonly groupings = computed(() => [
    { value: 'status', label: this.t('board.byStatus') },
    { value: 'cause', label: this.t('board.byCause') },
    ...labelKeys(this.servers()).map((key) => ({
      value: `label:${key}`,
      label: this.t('board.byLabel', { label: key }),
    })),
  ]);

  /** Changes the address; null takes a parameter out. */
  protected show(params: Readonly<Record<string, string | null>>): void {
    void this.router.navigate([], {
      queryParams: params,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected filter(state: StatusGroup | null): void {
    this.show({ state });
  }
}
