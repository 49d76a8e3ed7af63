import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import { ScriptedAgent } from '../../../test/support/scripted-agent.ts';
import { playPlaybooks, playTasks, taskRecords } from '../../../test/support/scripted-playbooks.ts';
import type { ScriptedTask } from '../../../test/support/scripted-playbooks.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import { DeploymentTool } from '../deployment-tool/index.js';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import type { PlaybookRunDetails, PlaybookRunPage } from './playbook-runs.schema.js';

jest.setTimeout(120_000);

const FINE: ScriptedTask = { name: 'Fine' };
const BROKEN: ScriptedTask = { name: 'Break', status: 'failed', message: 'broken' };

const agents = new TlsAgents();
let manager: ManagerApp;
let api: ApiClient;
let dataDir: string;
let good: string;
let bad: string;
/** Its playbook does not end. */
let slow: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'myx-playbook-run-list-'));
  manager = await ManagerApp.start({
    installation: { connection: await createTestDatabase(), dataDir },
  });
  api = await manager.api();
  good = await aServer('good', (script, id) => {
    playTasks(script, id, [FINE]);
  });
  bad = await aServer('bad', (script, id) => {
    playTasks(script, id, [BROKEN]);
  });
  slow = await aServer('slow', (script, id) => {
    script.write(id, 'stdout', taskRecords(FINE, 0));
  });
});

afterAll(async () => {
  await manager.close();
  await agents.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function aServer(
  name: string,
  play: (script: ScriptedAgent, commandId: string) => void,
): Promise<string> {
  const script = new ScriptedAgent();
  playPlaybooks(script, await manager.get(DeploymentTool).tree(), (_command, id) => {
    play(script, id);
  });
  const { port } = await agents.start(script.answer, { clientCa: manager.clientCa });
  return manager.addServer(name, port, agents.agent);
}

function start(...servers: readonly string[]): Promise<PlaybookRunDetails> {
  return api.post<PlaybookRunDetails>('/api/v1/playbook-runs', {
    playbook: 'restart_service',
    server_ids: servers,
    extra_vars: { unit: 'ssh' },
  });
}

function ended(id: string): Promise<PlaybookRunDetails> {
  return eventually('the run ends', async () => {
    const run = await api.get<PlaybookRunDetails>(`/api/v1/playbook-runs/${id}?wait=30`);
    return run.finished ? run : undefined;
  });
}

async function listed(query: string): Promise<string[]> {
  const { items } = await api.get<PlaybookRunPage>(`/api/v1/playbook-runs?${query}`);
  return items.map(({ id }) => id);
}

describe('the list of runs', () => {
  it('is filtered by how runs went, and by the operation of one of its servers', async () => {
    const fine = await ended((await start(good)).id);
    const mixed = await ended((await start(good, bad)).id);
    const { id: running } = await start(slow);
    await eventually('the playbook runs', async () =>
      (await listed('state=running')).includes(running) ? true : undefined,
    );

    expect(await listed('state=succeeded')).toEqual([fine.id]);
    expect(await listed('state=failed')).toEqual([mixed.id]);
    expect(await listed('state=pending&state=running')).toEqual([running]);
    expect(await listed('state=failed&state=succeeded')).toEqual([mixed.id, fine.id]);
    const operation = mixed.servers[1]?.operation_id ?? '';
    expect(await listed(`operation_id=${operation}`)).toEqual([mixed.id]);
    expect((await api.raw('/api/v1/playbook-runs?state=odd')).status).toBe(400);

    await api.post(`/api/v1/playbook-runs/${running}/cancel`);
    await ended(running);
    expect(await listed('state=cancelled')).toEqual([running]);
  });

  it('tells from when to when a run was worked on', async () => {
    const run = await ended((await start(good, bad)).id);

    const times = run.servers.flatMap(({ started_at: from, finished_at: to }) => [from, to]);
    const sorted = times.filter((time) => time !== null).sort();
    expect([run.started_at, run.finished_at]).toEqual([sorted[0], sorted.at(-1)]);
    const { items } = await api.get<PlaybookRunPage>('/api/v1/playbook-runs?limit=1');
    expect(items[0]).toMatchObject({
      id: run.id,
      started_at: run.started_at,
      finished_at: run.finished_at,
    });
  });
});

describe('a run that goes on', () => {
  it('tells what each server is at, and of what play a result is', async () => {
    const heard: LiveMessage[] = [];
    const stop = manager.get(LiveBus).subscribe((message) => heard.push(message));

    const { id } = await start(slow);
    const run = await eventually('a task is known', async () => {
      const seen = await api.get<PlaybookRunDetails>(`/api/v1/playbook-runs/${id}`);
      return seen.servers[0]?.current && seen.servers[0].tasks > 0 ? seen : undefined;
    });

    expect(run.servers[0]?.current).toMatchObject({ task: 'Fine' });
    expect(run).toMatchObject({ finished: false, finished_at: null });
    const told = await eventually('the result is told', () =>
      Promise.resolve(
        heard.find(
          ({ topic, type }) => topic === `playbook_runs:${id}` && type === 'playbook_task_result',
        ),
      ),
    );
    const stored = await api.get<{ tasks: Record<string, unknown>[] }>(
      `/api/v1/playbook-runs/${id}/servers/${slow}/tasks`,
    );
    const { seq, play, action, role, at } = stored.tasks[0] ?? {};
    expect(told.data).toMatchObject({ seq, play, action, role, at });
    stop();
    await api.post(`/api/v1/playbook-runs/${id}/cancel`);
    const { servers } = await ended(id);
    expect(servers[0]).toMatchObject({ state: 'cancelled' });
  });
});
