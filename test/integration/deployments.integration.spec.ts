import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ManagerApp } from '../support/manager-app.ts';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import type { TestCertificate } from '../support/test-certificates.ts';
import { makeCertificate } from '../support/test-certificates.ts';
import { OperationEngine } from '../../backend/src/operations/operations.engine.ts';
import type { Ending } from '../../backend/src/operations/index.ts';
import { OperationsRepository } from '../../backend/src/operations/operations.repository.ts';
import { RemovalObjections } from '../../backend/src/servers/index.ts';
import type { DeploymentKind } from '../../backend/src/deployments/deployment-kind.ts';
import { DeploymentChecks } from '../../backend/src/deployments/deployment-checks.ts';
import { DeploymentKinds } from '../../backend/src/deployments/deployment-kinds.ts';
import { DeploymentsRepository } from '../../backend/src/deployments/deployments.repository.ts';

const PASSWORD = 'canary-31c7-password';
const API = '/api/v1/deployments';

const Config = z.strictObject({
  port: z.int().min(1).default(80),
  users: z.array(z.strictObject({ name: z.string(), password: z.string() })).default([]),
});

const kind: DeploymentKind<z.infer<typeof Config>> = {
  name: 'sample',
  title: { en: 'Sample', 'zh-CN': '示例' },
  summary: { en: 'A sample', 'zh-CN': '示例' },
  config: Config,
  secretPaths: ['/users/*/password'],
  form: { fields: [] },
  playbooks: { deploy: 'deploy_sample.yml', uninstall: 'uninstall_sample.yml' },
  render: (config) => ({
    files: [
      {
        path: '/etc/sample.conf',
        content: `port ${config.port}\n${config.users.map(({ password }) => password).join()}\n`,
        mode: '0600',
        secret: false,
      },
    ],
    vars: {},
    secretVars: [],
    unit: 'sample.service',
    programVersion: null,
  }),
  commands: () => ['systemctl restart sample'],
  probe: () => Promise.resolve(),
  result: () => [],
};

interface Answer {
  readonly id: string;
  readonly state: string;
  readonly busy: boolean;
  readonly desired_version: number;
  readonly applied_version: number | null;
  readonly config: { readonly port: number; readonly users: readonly Record<string, unknown>[] };
  readonly error: { readonly layer: string; readonly message: string } | null;
}

describe('deployments', () => {
  let manager: ManagerApp;
  let api: ApiClient;
  let certificate: TestCertificate;
  let serverId: string;

  beforeAll(async () => {
    manager = await ManagerApp.start({
      config: {
        rpc: { retries: 0, timeout_seconds: 2 },
        deployments: { drift_check_minutes: 0 },
      },
    });
    manager.get(DeploymentKinds).register(kind);
    api = await manager.api();
    certificate = makeCertificate({ commonName: 'sample' });
  }, 120_000);

  afterAll(() => manager.close());

  beforeEach(async () => {
    serverId = await aServer();
  });

  /** Port 9 (discard) of this machine: nobody answers there. */
  const aServer = (): Promise<string> =>
    manager.addServer(`server ${randomUUID()}`, 9, certificate, { isAsked: false });

  const create = async (config: object = {}): Promise<Answer> => {
    const { deployments } = await api.post<{ deployments: Answer[] }>(
      API,
      { kind: 'sample', server_ids: [serverId], config },
      [201],
    );
    return deployments[0]!;
  };
  const show = (id: string): Promise<Answer> => api.get<Answer>(`${API}/${id}`);
  const put = (id: string, body: object): Promise<Response> =>
    api.raw(`${API}/${id}/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('lists those on servers with a name like the one searched for', async () => {
    const { id } = await create();
    const { server_name: name } = await api.get<{ server_name: string }>(`${API}/${id}`);
    const found = async (search: string): Promise<string[]> => {
      const { items } = await api.get<{ items: Answer[] }>(
        `${API}?search=${encodeURIComponent(search)}`,
      );
      return items.map((item) => item.id);
    };

    expect(await found(name.slice(3).toUpperCase())).toEqual([id]);
    expect(await found(`${name}%`)).toEqual([]);
  });

  it('stores a secret sealed, answers a mark, and takes the mark for the secret', async () => {
    const { id } = await create({ users: [{ name: 'a', password: PASSWORD }] });
    const { config } = await show(id);

    const changed = await put(id, { config: { ...config, port: 81 } });
    const detail = await api.get<unknown>(`${API}/${id}/history/2`);
    const again = await put(id, {
      config: { port: 81, users: [{ name: 'a', password: PASSWORD }] },
    });

    expect(changed.status).toBe(200);
    expect(((await again.json()) as Answer).desired_version).toBe(2);
    expect(JSON.stringify([config, detail])).not.toContain(PASSWORD);
    expect(JSON.stringify(detail)).toContain('+port 81');
    const rows: unknown = await manager.dataSource.query(
      'SELECT d::text, v::text FROM deployments d JOIN deployment_versions v ON v.deployment_id = d.id',
    );
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
    const audit: unknown = await manager.dataSource.query('SELECT details::text FROM audit_events');
    expect(JSON.stringify(audit)).not.toContain(PASSWORD);
  });

  it('refuses what the kind refuses, with the path of it', async () => {
    const { id } = await create();

    const response = await put(id, { config: { port: 'x' } });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: 'config.port' }] });
  });

  it('refuses a mark of another deployment', async () => {
    const one = await create({ users: [{ name: 'a', password: PASSWORD }] });
    const { config } = await show(one.id);
    serverId = await aServer();
    const other = await create();

    const response = await put(other.id, { config });

    expect(response.status).toBe(400);
  });

  it('refuses a change over somebody else’s change', async () => {
    const { id } = await create();
    await put(id, { config: { port: 81 } });

    const response = await put(id, { config: { port: 82 }, expected_version: 1 });

    expect(response.status).toBe(409);
    expect((await show(id)).config.port).toBe(81);
  });

  it('has one deployment of a kind on a server, and stores all of a request or none', async () => {
    await create();
    const free = await aServer();
    const body = { kind: 'sample', server_ids: [free, serverId], config: {} };

    const response = await api.raw(API, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

    expect(response.status).toBe(409);
    const { items } = await api.get<{ items: unknown[] }>(`${API}?server_id=${free}`);
    expect(items).toEqual([]);
  });

  it('plans without an answer of the server, and says so', async () => {
    const { id } = await create({ users: [{ name: 'a', password: PASSWORD }] });

    const plan = await api.post<Record<string, unknown>>(`${API}/${id}/plan`, {}, [200]);

    expect(plan).toMatchObject({
      has_changes: true,
      server: { reachable: false, reason: expect.any(String) },
      files: [{ path: '/etc/sample.conf', change: 'create' }],
    });
    expect(JSON.stringify(plan)).not.toContain(PASSWORD);
  }, 60_000);

  it('leaves a deployment as it was when the server was never reached', async () => {
    const { id } = await create();
    const { operation_id: operation } = await api.post<{ operation_id: string }>(
      `${API}/${id}/apply`,
      {},
      [202],
    );

    const ended = await eventually(
      'the operation ends',
      async () => {
        const deployment = await show(id);
        return deployment.busy ? undefined : deployment;
      },
      { deadlineMs: 60_000 },
    );

    expect(operation).toEqual(expect.any(String));
    expect(ended).toMatchObject({ state: 'failed', applied_version: null });
    expect(ended.error?.message).toEqual(expect.any(String));
  }, 90_000);

  it('forgets at once what never reached its server', async () => {
    const { id } = await create();

    const answer = await api.post<unknown>(`${API}/${id}/uninstall`, {}, [202]);

    expect(answer).toEqual({ operation_id: null });
    expect((await api.raw(`${API}/${id}`)).status).toBe(404);
  });

  describe('at the end of an operation', () => {
    const actor = {
      kind: 'system',
      id: 'system',
      name: 'system',
      role: 'admin',
      address: null,
      correlationId: 'spec',
    } as const;

    /** Ends an operation on the deployment as a worker would. */
    async function end(
      id: string,
      outcome: Ending['outcome'],
      { hasBegun, version }: { hasBegun: boolean; version: number },
    ): Promise<Answer> {
      const repository = manager.get(DeploymentsRepository);
      const operations = manager.get(OperationsRepository);
      const definition = manager.get(OperationEngine).definition('apply_deployment')!;
      const params = { deployment_id: id, version, force: false };
      await manager.dataSource.transaction(async (transaction) => {
        const operationId = await operations.insert(transaction, {
          type: definition.type,
          serverId,
          serverName: 'one',
          params,
          actor,
          steps: definition.steps,
        });
        const changes = { operationId, isBusy: true, hasBegun };
        await repository.update(transaction, id, changes, 'applying');
        const operation = (await operations.lock(transaction, operationId))!;
        await definition.ended!(transaction, { operation, serverId, outcome });
        // Nobody shall work on it.
        await transaction.query('DELETE FROM operations WHERE id = $1', [operationId]);
      });
      return show(id);
    }

    it('is healthy when it succeeded, and that version is the last known good', async () => {
      const { id } = await create();

      const ended = await end(id, 'succeeded', { hasBegun: true, version: 1 });

      expect(ended).toMatchObject({ state: 'healthy', applied_version: 1, busy: false });
    });

    it('is failed when the first version failed, rolled back when a later one did', async () => {
      const { id } = await create();
      const first = await end(id, 'failed', { hasBegun: true, version: 1 });
      await end(id, 'succeeded', { hasBegun: true, version: 1 });
      await put(id, { config: { port: 81 } });
      const second = await end(id, 'failed', { hasBegun: true, version: 2 });

      expect(first).toMatchObject({ state: 'failed', applied_version: null });
      expect(second).toMatchObject({ state: 'rolled_back', applied_version: 1 });
    });

    it('is degraded while it could not be taken back, and rolled back once it was', async () => {
      const { id } = await create();
      await end(id, 'succeeded', { hasBegun: true, version: 1 });

      const pending = await end(id, 'cleanup_pending', { hasBegun: true, version: 1 });
      const cleaned = await end(id, 'failed', { hasBegun: true, version: 1 });

      expect(pending.state).toBe('degraded');
      expect(cleaned.state).toBe('rolled_back');
    });

    it('is due for a comparison, once, when it was applied', async () => {
      const { id } = await create();
      const repository = manager.get(DeploymentsRepository);
      const before = await repository.claimDue(1000, 30);
      await end(id, 'succeeded', { hasBegun: true, version: 1 });

      const due = await repository.claimDue(1000, 30);
      const again = await repository.claimDue(1000, 30);

      expect(before).not.toContain(id);
      expect(due).toContain(id);
      expect(again).not.toContain(id);
    });

    it.each(['failed', 'succeeded'] as const)(
      'stores nothing of a comparison that began before an operation that %s',
      async (outcome) => {
        const { id } = await create();
        const version = { hasBegun: true, version: 1 };
        await end(id, 'succeeded', version);
        const file = { path: '/etc/sample.conf', mode: '0600', owner: 'root', group: 'root' };
        const manifest = {
          files: [{ ...file, sha256: '0'.repeat(64) }],
          unit: 'sample.service',
          unitEnabled: true,
          versionCommand: null,
          versionOutput: null,
        };
        const repository = manager.get(DeploymentsRepository);
        await repository.updateVersion(manager.dataSource.manager, id, 1, { manifest });
        const seen = 'LoadState=loaded ActiveState=inactive UnitFileState=enabled\nabsent\n';
        const context = { signal: new AbortController().signal, log: () => undefined };

        const found = await manager.get(DeploymentChecks).check(id, context, {
          run: async () => {
            await end(id, outcome, version);
            return { exitCode: 0, stdout: Buffer.from(seen), stderr: Buffer.alloc(0) };
          },
        });

        expect(found.map(({ message }) => message)).toContain('/etc/sample.conf is gone');
        expect(await show(id)).toMatchObject({
          state: outcome === 'failed' ? 'rolled_back' : 'healthy',
          differences: [],
        });
      },
    );

    it('refuses to take an agent away that is needed to take the service away', async () => {
      const { id } = await create();
      await end(id, 'succeeded', { hasBegun: true, version: 1 });

      const asked = manager.dataSource.transaction((transaction) =>
        manager.get(RemovalObjections).ask(transaction, serverId),
      );

      await expect(asked).rejects.toThrow('Services are deployed on this server (sample)');
    });
  });
});
