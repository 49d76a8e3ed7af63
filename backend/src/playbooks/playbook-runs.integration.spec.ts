import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import type { TestInstallation } from '../../../test/support/manager-app.ts';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import { ScriptedAgent } from '../../../test/support/scripted-agent.ts';
import type { ScriptedCommand } from '../../../test/support/scripted-agent.ts';
import {
  playPlaybooks,
  playTasks,
  recapRecord,
  taskRecords,
} from '../../../test/support/scripted-playbooks.ts';
import type { ScriptedTask } from '../../../test/support/scripted-playbooks.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import { wholeDatabase } from '../../../test/support/whole-database.ts';
import { DeploymentTool } from '../deployment-tool/index.js';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import type { PlaybookRunDetails, PlaybookTasks } from './playbook-runs.schema.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import type { PlaybookList } from './playbooks.schema.js';

jest.setTimeout(120_000);

const TASKS: ScriptedTask[] = [
  { name: 'First', status: 'changed', diff: '--- a\n+++ b\n+hello\n' },
  { name: 'Second', item: 'one' },
  { name: 'Third', status: 'skipped' },
];

const agents = new TlsAgents();
let installation: TestInstallation;
let manager: ManagerApp;
let token: string;
let api: ApiClient;
let script: ScriptedAgent;
let serverId: string;
let started: ScriptedCommand[];
let servers = 0;

beforeAll(async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'myx-playbook-runs-'));
  installation = { connection: await createTestDatabase(), dataDir };
  manager = await ManagerApp.start({ installation });
  token = await manager.token();
  api = await manager.api();
});

afterAll(async () => {
  await manager.close();
  await agents.close();
  await rm(installation.dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  started = [];
  ({ script, serverId } = await aServer((command, id) => {
    started.push(command);
    playTasks(script, id, TASKS);
  }));
});

/** A server whose agent plays playbooks. */
async function aServer(onPlaybook: (command: ScriptedCommand, id: string) => void) {
  const agent = new ScriptedAgent();
  playPlaybooks(agent, await manager.get(DeploymentTool).tree(), onPlaybook);
  const { port } = await agents.start(agent.answer, { clientCa: manager.clientCa });
  servers += 1;
  return {
    script: agent,
    serverId: await manager.addServer(`server-${servers}`, port, agents.agent),
  };
}

function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return api.raw('/api/v1/playbook-runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      playbook: 'restart_service',
      server_ids: [serverId],
      extra_vars: { unit: 'ssh' },
      ...body,
    }),
  });
}

async function start(body: object = {}, headers = {}): Promise<PlaybookRunDetails> {
  const response = await post(body, headers);
  expect(response.status).toBe(202);
  return (await response.json()) as PlaybookRunDetails;
}

function ended(id: string, client = api): Promise<PlaybookRunDetails> {
  return eventually('the run ends', async () => {
    const run = await client.get<PlaybookRunDetails>(`/api/v1/playbook-runs/${id}?wait=30`);
    return run.finished ? run : undefined;
  });
}

function tasksOf(id: string, query = '', server = serverId): Promise<PlaybookTasks> {
  return api.get<PlaybookTasks>(`/api/v1/playbook-runs/${id}/servers/${server}/tasks${query}`);
}

describe('a run', () => {
  it('is told as the last one of its playbook', async () => {
    await ended((await start()).id);
    const { id } = await ended((await start()).id);

    const { items } = await api.get<PlaybookList>('/api/v1/playbooks');

    const last = items.find(({ name }) => name === 'restart_service')?.last_run;
    expect(last).toMatchObject({ id, state: 'succeeded' });
    expect(items.find(({ name }) => name === 'upgrade_packages')).toHaveProperty('last_run', null);
  });

  it('tells what the playbook did on a server', async () => {
    const { id } = await start({ check: true, diff: true, tags: ['one'] });

    const run = await ended(id);

    expect(started[0]?.playbook).toMatchObject({
      playbook: 'playbooks/restart_service.yml',
      extra_vars: { unit: 'ssh', reload: false },
      check: true,
      diff: true,
      tags: ['one'],
    });
    expect(run).toMatchObject({
      state: 'succeeded',
      by_state: { succeeded: 1 },
      totals: { ok: 2, changed: 1, skipped: 1, failed: 0 },
      servers: [{ server_id: serverId, outcome: 'succeeded', exit_code: 0, tasks: 3 }],
    });
    const { tasks, current } = await tasksOf(id);
    expect(tasks.map(({ seq, task, status, item }) => [seq, task, status, item])).toEqual([
      [1, 'First', 'changed', null],
      [2, 'Second', 'ok', 'one'],
      [3, 'Third', 'skipped', null],
    ]);
    expect(tasks[0]?.diff).toContain('+hello');
    expect(current).toBeNull();
    expect((await tasksOf(id, '?after=1&limit=1')).tasks).toMatchObject([{ seq: 2 }]);
  });

  it('tells its tasks live, one by one', async () => {
    const heard: LiveMessage[] = [];
    const stop = manager.get(LiveBus).subscribe((message) => heard.push(message));
    playPlaybooks(script, await manager.get(DeploymentTool).tree(), (_command, id) => {
      script.write(id, 'stdout', taskRecords(TASKS[0]!, 0));
      started.push(_command);
    });

    const { id } = await start();
    const running = await eventually('the first task is stored', async () => {
      const answer = await tasksOf(id);
      return answer.tasks.length === 1 ? answer : undefined;
    });
    const command = started[0]!.params.command_id;
    script.write(command, 'stdout', taskRecords(TASKS[1]!, 1) + recapRecord(TASKS.slice(0, 2)));
    script.end(command);
    await ended(id);
    const types = await eventually('its end is told', () => {
      const told = heard.filter(({ topic }) => topic === `playbook_runs:${id}`);
      const isTold = told.at(-1)?.type === 'playbook_run_changed';
      return Promise.resolve(isTold ? told.map(({ type }) => type) : undefined);
    });
    stop();

    expect(running.current).toMatchObject({ task: 'First' });
    expect(types.filter((type) => type === 'playbook_task_started')).toHaveLength(2);
    expect(types.filter((type) => type === 'playbook_task_result')).toHaveLength(2);
  });

  it('keeps the failure of one server apart from the success of another', async () => {
    const other = await aServer((_command, id) => {
      playTasks(other.script, id, [{ name: 'Break', status: 'failed', message: 'broken' }]);
    });

    const { id } = await start({ server_ids: [serverId, other.serverId] });
    const run = await ended(id);

    const byServer = new Map(run.servers.map((server) => [server.server_id, server]));
    expect(run).toMatchObject({ state: 'failed', by_state: { succeeded: 1, failed: 1 } });
    expect(byServer.get(serverId)).toMatchObject({ state: 'succeeded', recap: { ok: 2 } });
    expect(byServer.get(other.serverId)).toMatchObject({
      state: 'failed',
      recap: { failed: 1 },
      error: { step: 'run_playbook', message: '“Break” failed: broken' },
    });
  });

  it('begins on no further server after a failure, when asked to', async () => {
    const other = await aServer((_command, id) => {
      playTasks(other.script, id, [{ name: 'Break', status: 'failed' }]);
    });

    const { id } = await start({
      server_ids: [other.serverId, serverId],
      limit_parallel: 1,
      stop_on_failure: true,
    });
    const run = await ended(id);

    expect(run).toMatchObject({ state: 'failed', by_state: { failed: 1, cancelled: 1 } });
    expect(started).toEqual([]);
  });

  it('can be retried where it failed, and only there', async () => {
    const tries: ScriptedCommand[] = [];
    const other = await aServer((command, id) => {
      tries.push(command);
      const status = tries.length === 1 ? 'failed' : 'ok';
      playTasks(other.script, id, [{ name: 'Break', status }]);
    });
    const { id } = await start({
      server_ids: [serverId, other.serverId],
      extra_vars: { unit: 'ssh', token: 'secret of the run' },
      secret_vars: ['token'],
    });
    await ended(id);

    const { id: again } = await api.post<PlaybookRunDetails>(`/api/v1/playbook-runs/${id}/retry`);
    const run = await ended(again);

    expect(run).toMatchObject({ state: 'succeeded', retry_of: id, secret_vars: ['token'] });
    expect(run.servers.map((server) => server.server_id)).toEqual([other.serverId]);
    expect(tries).toHaveLength(2);
    expect(tries[1]?.playbook?.extra_vars).toEqual(tries[0]?.playbook?.extra_vars);
    expect(tries[1]?.playbook?.extra_vars).toMatchObject({ token: 'secret of the run' });
    const refused = await api.raw(`/api/v1/playbook-runs/${again}/retry`, { method: 'POST' });
    expect(refused.status).toBe(409);
  });

  it('ends with its cancel, which ends the playbook on the server', async () => {
    playPlaybooks(script, await manager.get(DeploymentTool).tree(), (command) => {
      started.push(command);
    });
    const { id } = await start();
    await eventually('the playbook runs', () => Promise.resolve(started[0]));

    await api.post(`/api/v1/playbook-runs/${id}/cancel`);
    const run = await ended(id);

    expect(run.state).toBe('cancelled');
    expect(script.calls).toContain('cancel_command');
  });

  it('stores nothing twice when another manager goes on with it', async () => {
    playPlaybooks(script, await manager.get(DeploymentTool).tree(), (command, id) => {
      started.push(command);
      script.write(id, 'stdout', TASKS.slice(0, 2).map(taskRecords).join(''));
    });
    const { id } = await start();
    await eventually('two results are stored', async () =>
      (await tasksOf(id)).tasks.length === 2 ? true : undefined,
    );

    await manager.close();
    manager = await ManagerApp.start({ installation });
    api = new ApiClient(manager.url, token);
    const command = started[0]!.params.command_id;
    script.write(command, 'stdout', taskRecords(TASKS[2]!, 2) + recapRecord(TASKS));
    script.end(command);
    const run = await ended(id);

    expect(run.state).toBe('succeeded');
    expect(started).toHaveLength(1);
    expect((await tasksOf(id)).tasks.map(({ task }) => task)).toEqual(['First', 'Second', 'Third']);
  });
});

describe('a request for a run', () => {
  it('is accepted once under one key', async () => {
    const headers = { 'idempotency-key': 'release-17' };
    const body = { extra_vars: { unit: 'ssh', token: 'one' }, secret_vars: ['token'] };

    const first = await start(body, headers);
    const second = await start(body, headers);
    const others = await Promise.all([
      post({ ...body, extra_vars: { unit: 'ssh', token: 'two' } }, headers),
      post({ ...body, extra_vars: { unit: 'cron', token: 'one' } }, headers),
      post({ ...body, check: true }, headers),
    ]);

    expect(second.id).toBe(first.id);
    expect(others.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(await others[0].json()).toMatchObject({ name: 'idempotency_key_reused' });
    await ended(first.id);
  });

  it.each([
    ['an unknown playbook', { playbook: 'nothing' }, 404, 'playbook_not_found'],
    ['another version of one that has one', { version: 2 }, 404, 'playbook_version_not_found'],
    ['a missing variable', { extra_vars: {} }, 422, 'invalid_playbook_variables'],
    [
      'a value of another type',
      { extra_vars: { unit: 'ssh', reload: 'yes' } },
      422,
      'invalid_playbook_variables',
    ],
    [
      'labels that nobody has',
      { server_ids: undefined, labels: { a: 'b' } },
      422,
      'no_server_selected',
    ],
    [
      'an unknown server',
      { server_ids: ['0198f7f2-0000-7000-8000-000000000000'] },
      404,
      'server_not_found',
    ],
    ['no server', { server_ids: undefined }, 400, 'invalid_request'],
    [
      'values that are too large',
      { extra_vars: { unit: 'x'.repeat(600_000) } },
      413,
      'playbook_variables_too_large',
    ],
    ['a variable that is none', { extra_vars: { 'a-b': 1 } }, 400, 'invalid_request'],
  ])('is refused with %s', async (_name, body, status, name) => {
    const response = await post(body);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ name });
  });

  it('is refused for a version that no server has read yet', async () => {
    const content = '- hosts: localhost\n  tasks: []\n';
    await api.post('/api/v1/playbooks', { name: 'unread', content });

    const responses = [
      await post({ playbook: 'unread' }),
      await post({ playbook: 'unread', version: 1 }),
    ];

    for (const response of responses) {
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ name: 'playbook_not_usable', state: 'draft' });
    }
  });
});

describe('the database', () => {
  it('holds no secret in the open, whatever the playbook says', async () => {
    const secret = 'canary-0f-a-run';
    playPlaybooks(script, await manager.get(DeploymentTool).tree(), (command, id) => {
      started.push(command);
      playTasks(script, id, [
        { name: `Use ${secret}`, message: `it is ${secret}`, diff: `+${secret}\n` },
        { name: 'Fail', status: 'failed', message: `with ${secret}` },
      ]);
    });

    const { id } = await start({
      extra_vars: { unit: 'ssh', token: { deep: [secret] } },
      secret_vars: ['token'],
    });
    const run = await ended(id);

    expect(started[0]?.playbook).toMatchObject({
      extra_vars: { token: { deep: [secret] } },
      secret_vars: ['token'],
    });
    expect(run).toMatchObject({ extra_vars: { unit: 'ssh' }, secret_vars: ['token'] });
    expect(JSON.stringify([run, await tasksOf(id)])).not.toContain(secret);
    const dump = await wholeDatabase(manager.dataSource);
    expect(dump).toContain('it is ••••');
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
  });

  it('forgets runs after their time, and not before', async () => {
    const { id } = await start();
    await ended(id);
    const runs = manager.get(PlaybookRunsRepository);
    const age = (days: number): Promise<unknown> =>
      manager.dataSource.query(
        `WITH run AS (UPDATE playbook_runs SET created_at = now() - $2 * interval '1 day'
           WHERE id = $1)
         UPDATE operations SET finished_at = now() - $2 * interval '1 day'
         WHERE id IN (SELECT operation_id FROM playbook_run_servers WHERE run_id = $1)`,
        [id, days],
      );

    await age(29);
    await runs.removeOld(30);
    expect((await api.raw(`/api/v1/playbook-runs/${id}`)).status).toBe(200);
    await age(31);
    expect(await runs.removeOld(30)).toBe(1);
    expect((await api.raw(`/api/v1/playbook-runs/${id}`)).status).toBe(404);
  });
});
