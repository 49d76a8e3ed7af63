import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { TableSort } from '../ui/table-columns';
import type { ServerStatus } from '../ui/status';

/** Statuses as they are filtered by: what needs the same attention stands together. */
export const STATUS_GROUPS = {
  online: ['online'],
  degraded: ['degraded'],
  offline: ['offline'],
  attention: ['install_failed', 'host_key_changed', 'certificate_changed'],
  changing: ['new', 'installing', 'removing'],
} as const satisfies Readonly<Record<string, readonly ServerStatus[]>>;
export type StatusGroup = keyof typeof STATUS_GROUPS;

/** Columns the list can be sorted by. */
export const SORTS = ['name', 'status', 'os', 'cpu', 'memory', 'disk', 'heartbeat'] as const;
export type ServerSort = (typeof SORTS)[number];

/** What of the list is shown, and in which order. All of it stands in the address. */
export interface ServerFilter {
  readonly search: string;
  readonly group: StatusGroup | null;
  /** `key=value`; all must hold. */
  readonly labels: readonly string[];
  readonly sort: TableSort;
}

/** Every server, by name. */
export const EVERYTHING: ServerFilter = {
  search: '',
  group: null,
  labels: [],
  sort: { column: 'name', descending: false },
};

/** A filter as query parameters; null takes one out of the address. */
export type FilterParams = Readonly<
  Record<'q' | 'status' | 'sort', string | null> & { label: readonly string[] | null }
>;

/** Reads a filter from the address. What makes no sense is left out. */
export function filterFrom(params: {
  readonly q?: string | undefined;
  readonly status?: string | undefined;
  readonly label?: string | readonly string[] | undefined;
  readonly sort?: string | undefined;
}): ServerFilter {
  const { q = '', status = '', label = [], sort = '' } = params;
  const labels = (typeof label === 'string' ? [label] : label).filter((text) => text.includes('='));
  const column = sort.replace(/^-/, '');
  return {
    search: q,
    group: Object.hasOwn(STATUS_GROUPS, status) ? (status as StatusGroup) : null,
    labels,
    sort: SORTS.some((known) => known === column)
      ? { column, descending: sort.startsWith('-') }
      : EVERYTHING.sort,
  };
}

/** The address of a filter. */
export function paramsOf({ search, group, labels, sort }: ServerFilter): FilterParams {
  const isDefault = sort.column === 'name' && !sort.descending;
  return {
    q: search === '' ? null : search,
    status: group,
    label: labels.length === 0 ? null : labels,
    sort: isDefault ? null : `${sort.descending ? '-' : ''}${sort.column}`,
  };
}

/** True when the filter hides something. */
export function isNarrow({ search, group, labels }: ServerFilter): boolean {
  return search !== '' || group !== null || labels.length > 0;
}

/** The servers a filter lets through, in its order. */
export function filterServers(
  servers: readonly BoardServer[],
  filter: ServerFilter,
): readonly BoardServer[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const statuses: readonly ServerStatus[] | null =
    filter.group === null ? null : STATUS_GROUPS[filter.group];
  const shown = servers.filter(
    (server) =>
      (statuses === null || statuses.includes(server.status)) &&
      filter.labels.every((label) => hasLabel(server, label)) &&
      (words.length === 0 || matches(server, words)),
  );
  return sortServers(shown, filter.sort);
}

/** How many servers are in each group, whatever the group that is looked at now. */
export function countGroups(
  servers: readonly BoardServer[],
  filter: ServerFilter,
): Readonly<Record<StatusGroup, number>> & { readonly all: number } {
  const counts = { all: 0, online: 0, degraded: 0, offline: 0, attention: 0, changing: 0 };
  for (const { status } of filterServers(servers, { ...filter, group: null })) {
    counts.all += 1;
    counts[groupOf(status)] += 1;
  }
  return counts;
}

/** The group a status belongs to. */
export function groupOf(status: ServerStatus): StatusGroup {
  const groups = Object.entries(STATUS_GROUPS) as [StatusGroup, readonly ServerStatus[]][];
  return groups.find(([, statuses]) => statuses.includes(status))?.[0] ?? 'changing';
}

/** The labels there are, as `key=value`, most frequent first. */
export function labelFacets(
  servers: readonly BoardServer[],
): readonly { readonly label: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { labels } of servers) {
    for (const [key, value] of Object.entries(labels)) {
      const label = `${key}=${value}`;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || NAMES.compare(a.label, b.label));
}

function hasLabel({ labels }: BoardServer, label: string): boolean {
  const at = label.indexOf('=');
  return labels[label.slice(0, at)] === label.slice(at + 1);
}

function matches(server: BoardServer, words: readonly string[]): boolean {
  const labels = Object.entries(server.labels).map(([key, value]) => `${key}=${value}`);
  const text = [server.name, server.host, server.os ?? '', ...labels].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Worst first. */
const GROUP_ORDER: readonly StatusGroup[] = [
  'offline',
  'attention',
  'degraded',
  'changing',
  'online',
];

type SortKey = (server: BoardServer) => number | string | null;

const SORT_KEYS: Readonly<Record<ServerSort, SortKey>> = {
  name: ({ name }) => name,
  status: ({ status }) => GROUP_ORDER.indexOf(groupOf(status)),
  os: ({ os }) => os,
  cpu: ({ figures }) => figures?.cpu_percent ?? null,
  memory: ({ figures }) => figures?.memory_used_percent ?? null,
  disk: ({ figures }) => figures?.disk_used_percent ?? null,
  heartbeat: ({ last_heartbeat_at }) => last_heartbeat_at,
};

/** What is not known stands last in either direction; the same stands by name. */
function sortServers(servers: readonly BoardServer[], sort: TableSort): readonly BoardServer[] {
  const keyOf = SORT_KEYS[sort.column as ServerSort];
  const sign = sort.descending ? -1 : 1;
  return servers.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
      return NAMES.compare(a.name, b.name);
    }
    return sign * compare(left, right) || NAMES.compare(a.name, b.name);
  });
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : NAMES.compare(String(a), String(b));
}
