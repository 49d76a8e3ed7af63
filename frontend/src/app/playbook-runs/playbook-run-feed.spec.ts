import { signal } from '@angular/core';
import { describe, expect, it } from '@jest/globals';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import type { PlaybookRunServer } from '../platform/api/generated/models/playbook-run-server';
import type { OperationLogLine } from '../operations/operation-feed';
import { operationLogSource } from './operation-log-source';
import { withNews } from './playbook-run-feed';
import { countsOfPlaybookRun, namesOf } from './run-words';
import { runsFilterFrom, runsQuery } from './runs-filter';

const server = (id: string): PlaybookRunServer => ({
  server_id: id,
  server_name: id,
  operation_id: `o-${id}`,
  state: 'running',
  outcome: null,
  exit_code: null,
  recap: null,
  tasks: 2,
  current: null,
  error: null,
  started_at: null,
  finished_at: null,
});

describe('withNews', () => {
  it('tells what runs on a server and how much has ended, and leaves the others', () => {
    const run = { servers: [server('a'), server('b')] } as unknown as PlaybookRun;
    const topic = 'playbook_runs:r1';
    const started_at = '2026-01-01T00:00:00.000Z';

    const { servers } = withNews(run, [
      { topic, type: 'playbook_task_started', data: { server_id: 'a', task: 'Wait', started_at } },
      { topic, type: 'playbook_task_result', data: { server_id: 'a', seq: 5 } },
      { topic, type: 'playbook_task_result', data: { server_id: 'a', seq: 4 } },
      { topic, type: 'playbook_task_result', data: { server_id: 'elsewhere', seq: 9 } },
    ]);

    expect(servers[0]).toMatchObject({ current: { task: 'Wait', started_at }, tasks: 5 });
    expect(servers[1]).toBe(run.servers[1]);
  });
});

describe('a run in words', () => {
  it('counts what has ended', () => {
    const counts = countsOfPlaybookRun({
      servers_total: 6,
      by_state: { running: 1, succeeded: 2, failed: 2, cancelled: 1 },
    });

    expect(counts).toEqual({ total: 6, ended: 5, succeeded: 2, failed: 2, cancelled: 1 });
  });

  it('names the first servers and counts the rest', () => {
    const servers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({ name }));

    expect(namesOf(servers, (n) => `${String(n)} more`)).toBe('a, b, c, d, e, f, 2 more');
    expect(namesOf(servers.slice(0, 1), () => 'never')).toBe('a');
  });
});

describe('the filter of runs', () => {
  it('is read from the address; what makes no sense is left out', () => {
    const id = '0198a1b2-0000-7000-8000-000000000001';

    expect(runsFilterFrom({ state: 'active', playbook: 'ping', server: id })).toEqual({
      group: 'active',
      playbook: 'ping',
      serverId: id,
    });
    expect(runsFilterFrom({ state: 'odd', playbook: '', server: 'x' })).toEqual({
      group: null,
      playbook: null,
      serverId: null,
    });
  });

  it('asks for what has not ended as one group', () => {
    const filter = { group: 'active', playbook: null, serverId: null } as const;

    expect(runsQuery(filter)).toEqual({ state: ['pending', 'running'] });
    expect(runsQuery({ ...filter, group: null, playbook: 'ping' })).toEqual({ playbook: 'ping' });
  });
});

describe('operationLogSource', () => {
  it('reads lines with their times by offset, and nothing that could move a terminal', async () => {
    const lines = signal<readonly OperationLogLine[]>([]);
    const source = operationLogSource(lines, () => '12:00');
    const at = '2026-01-01T00:00:00.000Z';
    expect(source.size()).toBe(0);

    lines.set([
      { seq: 1, step: null, at, level: 'info', line: 'fine\u{1b}[2J' },
      { seq: 2, step: null, at, level: 'error', line: 'bad' },
    ]);
    const { signal: never } = new AbortController();
    const first = await source.read(0, 10, never);
    const rest = await source.read(first.next, 1000, never);
    const text = new TextDecoder().decode(Uint8Array.from([...first.bytes, ...rest.bytes]));

    expect(text).toBe('12:00  fine\u{fffd}[2J\n12:00  \u{1b}[31mbad\u{1b}[39m\n');
    expect(rest.next).toBe(source.size());
  });
});
