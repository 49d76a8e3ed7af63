import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import type { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import { TransactionRunner } from '../platform/database/index.js';
import { erased, OperationsService } from './index.js';

/** A busy machine starts a manager slowly. */
jest.setTimeout(60_000);

const actor = {
  kind: 'system',
  id: 'system',
  name: 'system',
  role: 'admin',
  address: null,
  correlationId: 'spec',
} as const;

interface Listed {
  readonly items: readonly {
    readonly id: string;
    readonly batch_id: string | null;
    state: string;
  }[];
}

describe('a batch of operations', () => {
  const agents = new TlsAgents();
  const worked: string[] = [];
  let manager: ManagerApp;
  let api: ApiClient;
  let service: OperationsService;
  let servers: string[];

  beforeAll(async () => {
    manager = await ManagerApp.start();
    api = await manager.api();
    service = manager.get(OperationsService);
    service.register(
      erased({
        type: 'member',
        params: z.strictObject({ word: z.string() }),
        memory: z.record(z.string(), z.unknown()),
        isRequestable: true,
        openSession: ({ params }) => ({
          word: String(params.word),
          close: () => Promise.resolve(),
        }),
        steps: [
          {
            name: 'work',
            title: 'Work',
            apply: (_context, { word }) => {
              worked.push(word);
              return Promise.resolve();
            },
          },
        ],
      }),
    );
    servers = [];
    for (const name of ['one', 'two', 'three']) {
      servers.push(await manager.addServer(name, 9443, agents.agent));
    }
  });

  afterAll(async () => {
    await manager.close();
    await agents.close();
  });

  function request(serverIds: readonly string[]): ReturnType<OperationsService['requestBatch']> {
    return manager.get(TransactionRunner).run(async (transaction) => {
      const batch = await service.requestBatch(transaction.manager, {
        type: 'member',
        targets: serverIds.map((serverId) => ({ serverId, params: { word: serverId } })),
        limitParallel: 2,
        stopOnFailure: true,
        actor,
      });
      transaction.afterCommit(() => service.wakeBatch(batch));
      return batch;
    });
  }

  async function listed(): Promise<string[]> {
    const { items } = await api.get<Listed>('/api/v1/operations');
    return items.map(({ id }) => id);
  }

  it('is carried out with the parameters of each server, and listed by its id', async () => {
    const { batchId, operationIds } = await request(servers);
    const alone = await service.accept({
      type: 'member',
      serverId: servers[0]!,
      params: { word: 'alone' },
      actor,
    });

    const { items } = await eventually('all of it ends', async () => {
      const page = await api.get<Listed>(`/api/v1/operations?batch_id=${batchId}`);
      return page.items.every(({ state }) => state === 'succeeded') ? page : undefined;
    });

    expect(operationIds).toHaveLength(3);
    expect(items.map(({ id }) => id).sort()).toEqual([...operationIds].sort());
    expect(new Set(items.map(({ batch_id: batch }) => batch))).toEqual(new Set([batchId]));
    expect(worked).toEqual(expect.arrayContaining(servers));
    expect(await api.get<object>(`/api/v1/operations/${alone.operation.id}`)).toMatchObject({
      batch_id: null,
    });
    expect((await api.raw('/api/v1/operations?batch_id=x')).status).toBe(400);
  });

  it('is accepted whole or not at all', async () => {
    const before = await listed();

    const refused = request([servers[0]!, '0198a000-0000-7000-8000-000000000001']);

    await expect(refused).rejects.toMatchObject({ definition: { name: 'server_not_found' } });
    expect(await listed()).toEqual(before);
  });
});
