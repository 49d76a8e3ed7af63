import { Component, computed, inject, input, untracked, viewChild } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { followBoardFacts } from '../health/board-facts';
import { groupBoard, labelKeys, visibleServers } from '../health/board-groups';
import { NetworkBanner } from '../health/network-banner';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { FleetStore } from '../servers/fleet-store';
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
import { TopologyLegend } from './topology-legend';
import { TopologyList } from './topology-list';
import { TopologyMap } from './topology-map';
import type { NamedCluster } from './topology-map';

/** A label with more values than this makes no clusters by itself. */
const MOST_CLUSTERS = 24;

/** The manager and how it reaches every server, as a map or as a list. */
@Component({
  selector: 'app-topology-page',
  imports: [
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
    TopologyLegend,
    TopologyList,
    TopologyMap,
  ],
  styles: `
    :host {
      display: block;
      height: 100%;
    }
    .page {
      height: 100%;
      min-height: 520px;
    }
    .main {
      flex: 1;
      min-height: 0;
    }
    .below {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      gap: 4px 24px;
    }
    @media (hover: none) {
      .keys {
        display: none;
      }
    }
    label {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      margin-left: auto;
    }
    select {
      width: auto;
      max-width: 180px;
    }
    @media (max-width: 599px) {
      label {
        margin-left: 0;
      }
    }
  `,
  templateUrl: './topology-page.html',
})
export class TopologyPage {
  readonly by = input<string>();
  readonly view = input<string>();
  readonly q = input<string>();

  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly map = viewChild(TopologyMap);
  protected readonly fleet = inject(FleetStore);
  protected readonly facts = followBoardFacts();
  protected readonly t = injectTranslate();

  protected readonly mayAdd = computed(() => this.session.can('servers:write'));
  protected readonly lostSince = computed(() => this.facts.value()?.lostSince ?? null);
  protected readonly managers = computed(() => this.facts.value()?.managers ?? []);
  protected readonly isList = computed(() => this.view() === 'list');
  private readonly servers = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.all());
  });
  protected readonly total = computed(() => this.servers().length);
  protected readonly keys = computed(() => labelKeys(this.servers()));
  protected readonly clusterKey = computed(
    () => this.by() ?? usefulKey(this.servers(), this.keys()),
  );
  /** The same map while only states change: it must not jump. */
  protected readonly clusters = computed<readonly NamedCluster[]>(() => this.named(), {
    equal: sameClusters,
  });
  protected readonly found = computed<ReadonlySet<string> | null>(() => {
    const search = this.q() ?? '';
    if (search === '') return null;
    return new Set(visibleServers(this.servers(), { search, state: null }).map(({ id }) => id));
  });
  protected readonly views = computed<readonly Segment<'map' | 'list'>[]>(() => [
    { value: 'map', label: this.t('topology.map'), icon: 'topology' },
    { value: 'list', label: this.t('topology.list'), icon: 'list' },
  ]);

  protected show(params: Readonly<Record<string, string | null>>): void {
    void this.router.navigate([], {
      queryParams: params,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  /** Enter in the search goes to the first server it found. */
  protected goToFirst(): void {
    const [first] = this.found() ?? [];
    if (first !== undefined) this.map()?.focusServer(first);
  }

  private named(): readonly NamedCluster[] {
    const key = this.clusterKey();
    if (key === '') {
      const ids = groupBoard(this.servers(), 'label:').flatMap((group) => group.ids);
      return [{ key: '', heading: this.t('topology.allServers'), ids }];
    }
    return groupBoard(this.servers(), `label:${key}`).map(({ key: id, value, ids }) => ({
      key: id,
      heading: value ?? this.t('board.withoutLabel', { label: key }),
      ids,
    }));
  }
}

/** The most used label that splits the servers into a few clusters; empty when none does. */
function usefulKey(servers: readonly BoardServer[], keys: readonly string[]): string {
  const splits = (key: string): boolean => {
    const values = new Set(servers.map(({ labels }) => labels[key]));
    return values.size > 1 && values.size <= MOST_CLUSTERS;
  };
  return keys.find(splits) ?? '';
}

function sameClusters(a: readonly NamedCluster[], b: readonly NamedCluster[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ key, heading, ids }, index) => {
      const other = b[index];
      return key === other?.key && heading === other.heading && ids.join() === other.ids.join();
    })
  );
}
