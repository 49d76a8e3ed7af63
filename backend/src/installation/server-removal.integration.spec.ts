import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import type { OperationState } from '../operations/index.js';
import type { CreatedServer, ServerRemoval } from './installation.schema.js';

jest.setTimeout(60_000);

const hosts = new TlsAgents();
let manager: ManagerApp;
let api: ApiClient;
let port: number;
let names = 0;

beforeAll(async () => {
  // One at a time, and none ends by itself: the SSH server takes connections and says nothing.
  manager = await ManagerApp.start({ config: { operations: { concurrency: 1 } } });
  api = await manager.api();
  port = await hosts.startTcp(() => undefined);
});

afterEach(async () => {
  const open = await manager.dataSource.query<{ id: string }[]>(
    `SELECT id FROM operations WHERE state IN ('pending', 'running') ORDER BY id`,
  );
  for (const { id } of open) await end(id);
});

afterAll(() => hosts.close());

async function addServer(): Promise<{ id: string; installation: string }> {
  names += 1;
  const { server, operation_id: installation } = await api.post<CreatedServer>('/api/v1/servers', {
    name: `r-${names}`,
    host: '127.0.0.1',
    ssh: {
      port,
      username: 'root',
      auth: { type: 'password', password: 'x' },
      host_key: { accept: 'first_seen' },
    },
  });
  if (installation === null) throw new Error('nothing is installed');
  return { id: server.id, installation };
}

const operation = (id: string): Promise<{ state: OperationState }> =>
  api.get(`/api/v1/operations/${id}`);

async function becomes(id: string, state: string): Promise<void> {
  await eventually(
    `the operation is ${state}`,
    async () => (await operation(id)).state === state || undefined,
  );
}

/** Cancels an operation, unless the silence of its host has ended it already. */
async function end(id: string): Promise<void> {
  await api.raw(`/api/v1/operations/${id}/cancel`, { method: 'POST' });
  await eventually('the operation ends', async () => {
    const { state } = await operation(id);
    return (state !== 'pending' && state !== 'running') || undefined;
  });
}

async function statusOf(id: string): Promise<string> {
  return (await api.get<{ status: string }>(`/api/v1/servers/${id}`)).status;
}

describe('a removal that waits behind an installation', () => {
  it('goes on being told when the installation ends', async () => {
    const { id, installation } = await addServer();
    await becomes(installation, 'running');
    const { operation_id: removal } = await api.delete<ServerRemoval>(
      `/api/v1/servers/${id}?uninstall=true`,
    );
    expect(await statusOf(id)).toBe('removing');

    await end(installation);

    expect(await statusOf(id)).toBe('removing');
    await end(removal ?? '');
    expect(await statusOf(id)).toBe('offline');
  });
});

describe('removing a record alone', () => {
  it('is refused when an operation begins at that very moment', async () => {
    const { installation: elsewhere } = await addServer();
    await becomes(elsewhere, 'running');
    const { id, installation } = await addServer();
    const runner = manager.dataSource.createQueryRunner();
    let answer: Promise<Response>;
    try {
      await runner.startTransaction();
      await runner.query(
        `UPDATE operations SET state = 'running', epoch = epoch + 1, lease_owner = 'another',
           lease_until = clock_timestamp(), started_at = now() WHERE id = $1`,
        [installation],
      );
      answer = api.raw(`/api/v1/servers/${id}?uninstall=false`, { method: 'DELETE' });
      await eventually('the removal waits for it', async () => {
        const rows = await manager.dataSource.query<unknown[]>(
          `SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0 || undefined;
      });
      await runner.commitTransaction();
    } finally {
      await runner.release();
    }

    const response = await answer;

    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ name: 'server_busy' });
    expect(await statusOf(id)).not.toBe('removing');
  });
});
