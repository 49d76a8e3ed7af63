import { describe, expect, it } from '@jest/globals';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import {
  EVERYTHING,
  countGroups,
  filterFrom,
  filterServers,
  labelFacets,
  paramsOf,
} from './server-filter';
import type { ServerFilter } from './server-filter';

function server(name: string, changes: Partial<BoardServer> = {}): BoardServer {
  return {
    id: name,
    name,
    host: '10.0.0.1',
    connection: 'ssh',
    labels: {},
    status: 'online',
    status_cause: null,
    status_since: '2026-01-01T00:00:00.000Z',
    agent_version: '0.1.0',
    os: 'Debian GNU/Linux 12',
    last_heartbeat_at: null,
    latency_ms: null,
    clock_skew_ms: null,
    figures: null,
    ...changes,
  };
}

function busy(name: string, cpu: number | null): BoardServer {
  const rest = { uptime_seconds: 1, load_1: 0, swap_used_percent: null, disk_used_percent: null };
  const network = { network_received_bytes: 0, network_sent_bytes: 0 };
  return server(name, {
    figures: { ...rest, ...network, cpu_percent: cpu, memory_used_percent: null },
  });
}

function names(servers: readonly BoardServer[], filter: Partial<ServerFilter>): string[] {
  return filterServers(servers, { ...EVERYTHING, ...filter }).map(({ name }) => name);
}

const fleet = [
  server('web-10', { labels: { env: 'production', role: 'web' } }),
  server('web-2', { labels: { env: 'staging', role: 'web' }, host: 'two.example' }),
  server('db-1', { labels: { env: 'production' }, status: 'offline' }),
  server('new-1', { status: 'host_key_changed' }),
];

describe('filterServers', () => {
  it('sorts names as people count', () => {
    expect(names(fleet, {})).toEqual(['db-1', 'new-1', 'web-2', 'web-10']);
  });

  it.each([
    ['web', ['web-2', 'web-10']],
    ['WEB production', ['web-10']],
    ['two.example', ['web-2']],
    ['env=staging', ['web-2']],
    ['debian db', ['db-1']],
    ['nothing', []],
  ])('searches %s', (search, expected) => {
    expect(names(fleet, { search })).toEqual(expected);
  });

  it('holds every label and the group', () => {
    expect(names(fleet, { labels: ['env=production'], group: 'offline' })).toEqual(['db-1']);
    expect(names(fleet, { labels: ['env=production', 'role=web'] })).toEqual(['web-10']);
    expect(names(fleet, { group: 'attention' })).toEqual(['new-1']);
  });

  it('puts the unknown last in both directions', () => {
    const some = [busy('a', null), busy('b', 10), busy('c', 90)];

    expect(names(some, { sort: { column: 'cpu', descending: false } })).toEqual(['b', 'c', 'a']);
    expect(names(some, { sort: { column: 'cpu', descending: true } })).toEqual(['c', 'b', 'a']);
  });

  it('puts trouble first when sorted by status', () => {
    expect(names(fleet, { sort: { column: 'status', descending: false } })[0]).toBe('db-1');
  });
});

describe('countGroups', () => {
  it('counts what the other filters let through, whatever the group', () => {
    expect(
      countGroups(fleet, { ...EVERYTHING, labels: ['env=production'], group: 'online' }),
    ).toEqual({
      all: 2,
      online: 1,
      degraded: 0,
      offline: 1,
      attention: 0,
      changing: 0,
    });
  });
});

describe('address', () => {
  it('is read back as it was written', () => {
    const filter: ServerFilter = {
      search: 'a b',
      group: 'offline',
      labels: ['env=a=b', 'x=1'],
      sort: { column: 'cpu', descending: true },
    };
    const { q, status, label, sort } = paramsOf(filter);

    expect(
      filterFrom({ q: q ?? '', status: status ?? '', label: label ?? [], sort: sort ?? '' }),
    ).toEqual(filter);
  });

  it('is empty for everything', () => {
    expect(Object.values(paramsOf(EVERYTHING)).every((value) => value === null)).toBe(true);
  });

  it.each([
    [{ status: 'toString' }],
    [{ status: 'nonsense' }],
    [{ sort: '-nonsense' }],
    [{ label: 'x' }],
  ])('ignores %j', (params) => {
    expect(filterFrom(params)).toEqual(EVERYTHING);
  });
});

describe('labelFacets', () => {
  it('counts labels, most frequent first', () => {
    expect(labelFacets(fleet).slice(0, 2)).toEqual([
      { label: 'env=production', count: 2 },
      { label: 'role=web', count: 2 },
    ]);
  });
});
