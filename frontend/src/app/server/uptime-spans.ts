import type { ServerTransition } from '../platform/api/generated/models/server-transition';
import type { ServerStatus } from '../ui/status';
import type { UptimeState } from '../ui/uptime-bar';

const STATE_OF: Readonly<Record<ServerStatus, UptimeState>> = {
  online: 'up',
  degraded: 'degraded',
  offline: 'down',
  certificate_changed: 'down',
  new: 'unknown',
  installing: 'unknown',
  install_failed: 'unknown',
  host_key_changed: 'unknown',
  removing: 'unknown',
};

const WORST: readonly UptimeState[] = ['unknown', 'up', 'degraded', 'down'];

/**
 * The time between `from` and `to` (milliseconds since the epoch) as `count` equal spans, oldest first:
 * the worst that held in each, so that no short outage is hidden. `transitions` are newest first and
 * include the last one before `from`, if there is one.
 */
export function uptimeSpans(
  transitions: readonly Pick<ServerTransition, 'to' | 'at'>[],
  from: number,
  to: number,
  count: number,
): readonly UptimeState[] {
  const spans = Array.from({ length: count }, (): UptimeState => 'unknown');
  const length = (to - from) / count;
  let end = to;
  for (const { to: status, at } of transitions) {
    const start = Math.max(from, Date.parse(at));
    const state = STATE_OF[status];
    const first = Math.floor((start - from) / length);
    const last = Math.min(count - 1, Math.ceil((end - from) / length) - 1);
    for (let span = Math.max(0, first); start < end && span <= last; span += 1) {
      spans[span] = worse(spans[span] ?? 'unknown', state);
    }
    end = Math.min(end, Date.parse(at));
    if (end <= from) break;
  }
  return spans;
}

function worse(a: UptimeState, b: UptimeState): UptimeState {
  return WORST.indexOf(a) >= WORST.indexOf(b) ? a : b;
}
