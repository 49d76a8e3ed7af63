import type { PlainKey } from '../../i18n/en';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { groupOf } from '../servers/server-filter';

/** How a connection is: by whether it works, and how quickly answers come. */
export type LinkHealth = 'fast' | 'slow' | 'slower' | 'degraded' | 'down' | 'none';

/** From where on a connection counts as slow and slower, in milliseconds. */
const SLOW_FROM = 50;
const SLOWER_FROM = 500;

/** What the legend says. */
export const LINK_LABELS: Readonly<Record<LinkHealth, PlainKey>> = {
  fast: 'topology.fast',
  slow: 'topology.slow',
  slower: 'topology.slower',
  degraded: 'board.degraded',
  down: 'board.offline',
  none: 'topology.noLink',
};

/** The connection to a server. */
export function linkHealth(server: Pick<BoardServer, 'status' | 'latency_ms'>): LinkHealth {
  const group = groupOf(server.status);
  if (group === 'offline' || group === 'attention') return 'down';
  if (group === 'changing') return 'none';
  if (group === 'degraded') return 'degraded';
  const latency = server.latency_ms ?? 0;
  if (latency >= SLOWER_FROM) return 'slower';
  return latency >= SLOW_FROM ? 'slow' : 'fast';
}

/** The middle value; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
