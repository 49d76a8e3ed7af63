import { describe, expect, it } from '@jest/globals';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import {
  countsOf,
  groupBoard,
  groupingFrom,
  labelKeys,
  stateFrom,
  visibleServers,
} from './board-groups';

function server(name: string, changes: Partial<BoardServer> = {}): BoardServer {
  return {
    id: `id-${name}`,
    name,
    host: '10.0.0.1',
    connection: 'ssh',
    labels: {},
    status: 'online',
    status_cause: null,
    status_since: '2026-01-01T00:00:00.000Z',
    agent_version: '0.1.0',
    os: null,
    last_heartbeat_at: null,
    latency_ms: null,
    clock_skew_ms: null,
    figures: null,
    ...changes,
  };
}

const refused = {
  layer: 'tcp',
  code: 'connection_refused',
  message: '10.0.0.1:24351 refused the connection.',
} as const;
const full = { layer: 'agent', code: 'disk_nearly_full', message: 'Almost full.' } as const;
const servers = [
  server('web-10', { labels: { env: 'prod', role: 'web' } }),
  server('web-2', { labels: { env: 'prod' }, status: 'offline', status_cause: refused }),
  server('db-1', { status: 'degraded', status_cause: full, labels: { env: 'test' } }),
  server('new-1', { status: 'installing' }),
  server('web-3', { status: 'offline', status_cause: refused, labels: { env: 'prod' } }),
  server('key-1', { status: 'host_key_changed' }),
];
const namesOf = (ids: readonly string[]): string[] => ids.map((id) => id.slice(3));

describe('groupBoard', () => {
  it('puts what is worst on top, by state', () => {
    const groups = groupBoard(servers, 'status');

    expect(groups.map(({ value, ids }) => [value, namesOf(ids)])).toEqual([
      ['offline', ['web-2', 'web-3']],
      ['attention', ['key-1']],
      ['degraded', ['db-1']],
      ['changing', ['new-1']],
      ['online', ['web-10']],
    ]);
  });

  it('puts servers with one cause together, those without trouble last', () => {
    const groups = groupBoard(servers, 'cause');

    expect(groups.map(({ value, ids }) => [value, ids.length])).toEqual([
      ['tcp/connection_refused', 2],
      ['agent/disk_nearly_full', 1],
      [null, 3],
    ]);
  });

  it('sorts labels and names as people count, and those without the label last', () => {
    const groups = groupBoard(servers, 'label:env');

    expect(groups.map(({ value, ids }) => [value, namesOf(ids)])).toEqual([
      ['prod', ['web-2', 'web-3', 'web-10']],
      ['test', ['db-1']],
      [null, ['key-1', 'new-1']],
    ]);
    expect(groups[0]?.counts).toEqual({
      online: 1,
      degraded: 0,
      offline: 2,
      attention: 0,
      changing: 0,
    });
  });
});

describe('visibleServers', () => {
  it.each([
    ['everything', { search: '', state: null }, 6],
    ['a state', { search: '', state: 'offline' as const }, 2],
    ['words of the cause', { search: 'refused 24351', state: null }, 2],
    ['a label', { search: 'env=test', state: null }, 1],
    ['all words must be found', { search: 'web missing', state: null }, 0],
  ])('finds %s', (_name, filter, count) => {
    expect(visibleServers(servers, filter)).toHaveLength(count);
  });
});

describe('the address of the board', () => {
  it.each([
    [undefined, 'status'],
    ['cause', 'cause'],
    ['label:env', 'label:env'],
    ['label:', 'status'],
    ['nonsense', 'status'],
  ])('reads the grouping %s', (text, grouping) => {
    expect(groupingFrom(text)).toBe(grouping);
  });

  it('reads only states that exist', () => {
    expect(stateFrom('offline')).toBe('offline');
    expect(stateFrom('toString')).toBeNull();
    expect(stateFrom(undefined)).toBeNull();
  });
});

it('counts by state', () => {
  expect(countsOf(servers)).toEqual({
    online: 1,
    degraded: 1,
    offline: 2,
    attention: 1,
    changing: 1,
  });
});

it('offers the labels that are used most first', () => {
  expect(labelKeys(servers)).toEqual(['env', 'role']);
});
