import { describe, expect, it } from '@jest/globals';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { chosenServers, labelRecord, labelledServers, toggledLabel } from './run-targets';

function server(
  id: string,
  labels: Record<string, string>,
  agent: string | null = '0.1.0',
): BoardServer {
  const nothing = { status_cause: null, os: null, last_heartbeat_at: null, latency_ms: null };
  return {
    ...nothing,
    id,
    name: id,
    host: '10.0.0.1',
    connection: 'ssh',
    labels,
    status: 'online',
    status_since: '2026-01-01T00:00:00.000Z',
    agent_version: agent,
    clock_skew_ms: null,
    figures: null,
  };
}

const all = [
  server('a', { env: 'prod', role: 'web' }),
  server('b', { env: 'prod', role: 'db' }),
  server('c', { env: 'prod' }, null),
  server('d', {}),
];
const idsOf = (servers: readonly BoardServer[]): string[] => servers.map(({ id }) => id);

describe('where a command runs', () => {
  it('tells the chosen that have no agent apart', () => {
    const { servers, without } = chosenServers(all, new Set(['a', 'c']));

    expect([idsOf(servers), idsOf(without)]).toEqual([['a'], ['c']]);
  });

  it('needs all labels', () => {
    expect(idsOf(labelledServers(all, new Set(['env=prod'])).servers)).toEqual(['a', 'b']);
    expect(idsOf(labelledServers(all, new Set(['env=prod', 'role=db'])).servers)).toEqual(['b']);
  });

  it('runs nowhere without a label', () => {
    expect(labelledServers(all, new Set())).toEqual({ servers: [], without: [] });
  });
});

describe('labels', () => {
  it('hold one value of a key at a time', () => {
    const one = toggledLabel(new Set(), 'env=prod');
    const other = toggledLabel(one, 'env=test');

    expect([...other]).toEqual(['env=test']);
    expect([...toggledLabel(other, 'env=test')]).toEqual([]);
    expect([...toggledLabel(one, 'environment=x')]).toEqual(['env=prod', 'environment=x']);
  });

  it('may have = in their values', () => {
    expect(labelRecord(new Set(['a=b=c']))).toEqual({ a: 'b=c' });
  });
});
