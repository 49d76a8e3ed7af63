import { describe, expect, it } from '@jest/globals';
import type { Board } from '../platform/api/generated/models/board';
import { factsOf, spansNow, withMessage } from './board-facts';

const board: Board = {
  at: '2026-01-01T00:00:00.000Z',
  counts: {},
  manager_network: { lost_since: null },
  managers: [{ id: 'm1', started_at: '2026-01-01T00:00:00.000Z', network_lost_since: null }],
  servers: [
    {
      id: 's1',
      name: 'web-1',
      host: '10.0.0.1',
      connection: 'ssh',
      labels: {},
      status: 'online',
      status_cause: null,
      status_since: '2026-01-01T00:00:00.000Z',
      agent_version: null,
      os: null,
      last_heartbeat_at: null,
      latency_ms: null,
      clock_skew_ms: null,
      figures: null,
      uptime_percent: 99.5,
      uptime_spans: 'u-gdx',
    },
  ],
};

describe('the facts of the board', () => {
  it('read the letters of uptimes; letters of a newer manager are not known', () => {
    expect(factsOf(board).uptimes.get('s1')).toEqual({
      share: 0.995,
      spans: ['up', 'unknown', 'degraded', 'down', 'unknown'],
    });
  });

  it('follow the network of the manager', () => {
    const facts = factsOf(board);
    const changed = (since: string | null): Parameters<typeof withMessage>[1] => ({
      topic: 'board',
      type: 'manager_network_changed',
      data: { lost_since: since },
    });

    const lost = withMessage(facts, changed('2026-01-01T00:00:05.000Z'));

    expect(lost.lostSince).toBe('2026-01-01T00:00:05.000Z');
    expect(withMessage(lost, changed(null)).lostSince).toBeNull();
    expect(withMessage(facts, { topic: 'board', type: 'board_changed', data: {} })).toBe(facts);
  });
});

describe('spansNow', () => {
  it('shows an outage in the last span before it is fetched', () => {
    expect(spansNow(['up', 'up'], 'offline')).toEqual(['up', 'down']);
    expect(spansNow(['up', 'up'], 'degraded')).toEqual(['up', 'degraded']);
  });

  it('never makes an outage look better', () => {
    expect(spansNow(['up', 'down'], 'degraded')).toEqual(['up', 'down']);
    expect(spansNow(['up', 'down'], 'online')).toEqual(['up', 'down']);
    expect(spansNow([], 'offline')).toEqual([]);
  });
});
