import type { BoardServer } from '../app/platform/api/generated/models/board-server';

/** A server on the board that is well and has told no figures, but for what a spec says otherwise. */
export function boardServer(
  changes: Pick<BoardServer, 'id' | 'name'> & Partial<BoardServer>,
): BoardServer {
  return {
    host: `${changes.name}.example.org`,
    status: 'online',
    labels: {},
    status_cause: null,
    status_since: '2026-11-21T10:00:00Z',
    connection: 'ssh',
    agent_version: '0.1.0',
    os: 'Debian GNU/Linux 12',
    last_heartbeat_at: '2026-11-21T10:00:00Z',
    latency_ms: 2,
    clock_skew_ms: 0,
    figures: null,
    ...changes,
  };
}
