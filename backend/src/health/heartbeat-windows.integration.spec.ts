import { afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { freePort } from '../../../test/support/free-ports.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { ScriptedAgent } from '../../../test/support/scripted-agent.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import { HeartbeatsRepository } from './heartbeats.repository.js';

// What happens when the database, or a server, goes away between two moments of a heartbeat.

jest.setTimeout(60_000);

const agents = new TlsAgents();
let manager: ManagerApp;
let api: ApiClient;
let script: ScriptedAgent;
let id: string;
let servers = 0;

beforeAll(async () => {
  manager = await ManagerApp.start({
    config: {
      heartbeat: { min_interval_seconds: 1, max_interval_seconds: 1, timeout_seconds: 20 },
      rpc: { retries: 1, retry_base_seconds: 1 },
    },
  });
  api = await manager.api();
});

beforeEach(async () => {
  script = new ScriptedAgent();
  // A port of its own: nobody else gets it while the agent is away.
  const port = await freePort();
  await agents.start(script.answer, { clientCa: manager.clientCa, port });
  servers += 1;
  id = await manager.addServer(`w-${servers}`, port, agents.agent);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await manager.removeServers();
  await agents.close();
});

it('asks a server again that it could not give back because the database was away', async () => {
  const away = (): Promise<never> => Promise.reject(new Error('Connection terminated'));
  const repository = manager.get(HeartbeatsRepository);
  const storeAnswer = jest.spyOn(repository, 'storeAnswer').mockImplementationOnce(away);
  const giveBack = jest.spyOn(repository, 'giveBack').mockImplementationOnce(away);

  await eventually('it was given back in vain', () =>
    Promise.resolve(giveBack.mock.calls.length > 0 || undefined),
  );

  await eventually(
    'its answer is stored',
    () => Promise.resolve(storeAnswer.mock.calls.length > 1 || undefined),
    { deadlineMs: 40_000 },
  );
});

it('listens no more to the agent of a server whose record is removed', async () => {
  await eventually('the stream', () => Promise.resolve(script.streams.size > 0 || undefined));

  await api.delete(`/api/v1/servers/${id}?uninstall=false`);

  await eventually(
    'the stream is closed',
    () => Promise.resolve(script.streams.size === 0 || undefined),
    { deadlineMs: 40_000 },
  );
  expect(script.streams.size).toBe(0);
});
