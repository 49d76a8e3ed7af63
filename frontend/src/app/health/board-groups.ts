import type { BoardServer } from '../platform/api/generated/models/board-server';
import { causeText } from '../platform/i18n/manager-words';
import { STATUS_GROUPS, groupOf } from '../servers/server-filter';
import type { StatusGroup } from '../servers/server-filter';

/** By what servers stand together: their status, the reason of their trouble, or the value of a label. */
export type Grouping = 'status' | 'cause' | `label:${string}`;

/** Worst first: what somebody has to look at stands on top. */
export const WORST_FIRST: readonly StatusGroup[] = [
  'offline',
  'attention',
  'degraded',
  'changing',
  'online',
];

/** How many servers of a group are in which state. */
export type GroupCounts = Readonly<Record<StatusGroup, number>>;

/** Servers that stand together. */
export interface BoardGroup {
  readonly key: string;
  /** What they have in common; null when it is that they have none (no label, no trouble). */
  readonly value: string | null;
  /** Sorted by name, so that nothing jumps while states change. */
  readonly ids: readonly string[];
  readonly counts: GroupCounts;
}

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Reads a grouping from the address; anything else is by status. */
export function groupingFrom(text: string | undefined): Grouping {
  if (text === 'cause') return text;
  return text?.startsWith('label:') === true && text.length > 6 ? (text as Grouping) : 'status';
}

/** How many of `servers` are in which state. */
export function countsOf(servers: readonly Pick<BoardServer, 'status'>[]): GroupCounts {
  const counts = { online: 0, degraded: 0, offline: 0, attention: 0, changing: 0 };
  for (const { status } of servers) counts[groupOf(status)] += 1;
  return counts;
}

/**
 * Servers by what they have in common. States: worst first. Causes: most servers first, then those without
 * trouble. Labels: by value, then those without the label.
 */
export function groupBoard(
  servers: readonly BoardServer[],
  grouping: Grouping,
): readonly BoardGroup[] {
  const members = new Map<string | null, BoardServer[]>();
  for (const server of servers) {
    const value = valueOf(server, grouping);
    const group = members.get(value);
    if (group) group.push(server);
    else members.set(value, [server]);
  }
  const groups = [...members].map(([value, group]) => ({
    key: value ?? '',
    value,
    ids: group.toSorted((a, b) => NAMES.compare(a.name, b.name)).map(({ id }) => id),
    counts: countsOf(group),
  }));
  return groups.sort((a, b) => compare(a, b, grouping));
}

/** The keys of labels that servers have, most used first. */
export function labelKeys(servers: readonly Pick<BoardServer, 'labels'>[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const { labels } of servers) {
    for (const key of Object.keys(labels)) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  return [...uses].sort(([a, x], [b, y]) => y - x || NAMES.compare(a, b)).map(([key]) => key);
}

/** The servers a search and a state let through. */
export function visibleServers(
  servers: readonly BoardServer[],
  filter: { readonly search: string; readonly state: StatusGroup | null },
): readonly BoardServer[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  return servers.filter((server) => {
    if (filter.state !== null && groupOf(server.status) !== filter.state) return false;
    const labels = Object.entries(server.labels).map(([key, value]) => `${key}=${value}`);
    const text = [
      server.name,
      server.host,
      server.status_cause === null ? '' : causeText(server.status_cause),
      ...labels,
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The state a text of the address names. */
export function stateFrom(text: string | undefined): StatusGroup | null {
  return text !== undefined && Object.hasOwn(STATUS_GROUPS, text) ? (text as StatusGroup) : null;
}

function valueOf(
  { status, status_cause: cause, labels }: BoardServer,
  by: Grouping,
): string | null {
  if (by === 'status') return groupOf(status);
  if (by === 'cause') return cause === null ? null : `${cause.layer}/${cause.code}`;
  return labels[by.slice('label:'.length)] ?? null;
}

function compare(a: BoardGroup, b: BoardGroup, by: Grouping): number {
  if (by === 'status') {
    const rank = ({ value }: BoardGroup): number => WORST_FIRST.indexOf(value as StatusGroup);
    return rank(a) - rank(b);
  }
  if (a.value === null || b.value === null) return a.value === null ? 1 : -1;
  const bySize = by === 'cause' ? b.ids.length - a.ids.length : 0;
  return bySize || NAMES.compare(a.value, b.value);
}
