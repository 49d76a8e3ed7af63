import type { ServerStatus } from '../servers/index.js';

/** Windows an uptime can be asked for, in seconds. */
export const UPTIME_WINDOWS = { '24h': 86_400, '7d': 7 * 86_400, '30d': 30 * 86_400 } as const;
export type UptimeWindow = keyof typeof UPTIME_WINDOWS;

const UP: ReadonlySet<ServerStatus> = new Set(['online', 'degraded']);
const DOWN: ReadonlySet<ServerStatus> = new Set(['offline', 'certificate_changed']);

/** From `at` on, a server had this status. */
export interface StatusPoint {
  readonly status: ServerStatus;
  readonly at: Date;
}

/** How long a server was up and down within a window, seconds. */
export interface Uptime {
  readonly up_seconds: number;
  readonly down_seconds: number;
  /** 0-100, or null when the server was neither up nor down: not installed yet, or being worked on. */
  readonly percent: number | null;
}

/**
 * Sums up a server's time between `from` and `to`. Up is `online` and `degraded`, down is `offline` and
 * `certificate_changed`; time in any other status counts as neither. `points` are sorted by time and
 * include the last one before `from`, if there is one.
 */
export function uptimeOf(points: readonly StatusPoint[], from: Date, to: Date): Uptime {
  let up = 0;
  let down = 0;
  for (const [index, point] of points.entries()) {
    const start = Math.max(point.at.getTime(), from.getTime());
    const end = Math.min(points[index + 1]?.at.getTime() ?? Infinity, to.getTime());
    const duration = Math.max(0, end - start);
    if (UP.has(point.status)) up += duration;
    if (DOWN.has(point.status)) down += duration;
  }
  const known = up + down;
  return {
    up_seconds: Math.round(up / 1000),
    down_seconds: Math.round(down / 1000),
    percent: known === 0 ? null : Math.floor((up / known) * 100_000) / 1000,
  };
}

/** Equal spans an uptime window is drawn with. */
export const UPTIME_SPANS = 30;

const LETTER: Readonly<Record<'down' | 'degraded' | 'up' | 'unknown', string>> = {
  down: 'd',
  degraded: 'g',
  up: 'u',
  unknown: '-',
};

/**
 * The window between `from` and `to` as {@link UPTIME_SPANS} letters, oldest first: the worst that held at
 * some moment of the span, `d` down, `g` degraded, `u` up, `-` neither. A span of a blink counts, so that
 * no outage is hidden. `points` as for {@link uptimeOf}.
 */
export function uptimeSpansOf(points: readonly StatusPoint[], from: Date, to: Date): string {
  const length = (to.getTime() - from.getTime()) / UPTIME_SPANS;
  return Array.from({ length: UPTIME_SPANS }, (_unused, index) => {
    const start = from.getTime() + index * length;
    const held = points
      .filter(({ at }, place) => {
        const end = points[place + 1]?.at.getTime() ?? Infinity;
        return at.getTime() < start + length && end > start;
      })
      .map(({ status }) => status);
    if (held.some((status) => DOWN.has(status))) return LETTER.down;
    if (held.includes('degraded')) return LETTER.degraded;
    return held.includes('online') ? LETTER.up : LETTER.unknown;
  }).join('');
}
