import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { diffSnapshots } from '../lab/index.ts';
import type { FileSnapshot, LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import type { OperationAnswer } from '../support/fleet.ts';

const DROP_IN = '/etc/systemd/system/myx-agent.service.d';

const STEPS = [
  'connect',
  'preflight',
  'assign_identity',
  'upload',
  'configure',
  'certificate',
  'service',
  'wait_for_rpc',
  'record',
] as const;

interface Created {
  readonly server: { readonly id: string };
  readonly operation_id: string;
}

interface Cleanable extends OperationAnswer {
  readonly leftovers: readonly { readonly what: string }[];
}

describe('an installation that is cut short', () => {
  let fleet: Fleet;
  let host: LabHost;
  let untouched: FileSnapshot;

  beforeAll(async () => {
    fleet = await Fleet.open({
      hosts: 1,
      env: { MYX_OPERATIONS_LEASE_SECONDS: '5' },
    });
    host = fleet.lab.host(1);
    untouched = host.snapshotFiles();
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  afterEach(async () => {
    await host.heal();
    const { items } = await fleet.api.get<{ items: { id: string }[] }>('/api/v1/servers');
    for (const { id } of items) await remove(id);
    expect(traces()).toEqual([]);
  }, 600_000);

  function add(name: string, login: 'root' | 'deploy' = 'root'): Promise<Created> {
    const ssh = {
      port: host.sshPort,
      username: login,
      auth: { type: 'private_key', private_key: host.users[login].keys.ed25519.privateKey },
      host_key: { fingerprint: host.hostKeyFingerprint },
    };
    const request = fleet.serverRequest(host, { name, ssh });
    return fleet.api.post<Created>('/api/v1/servers', request, [201]);
  }

  async function remove(id: string): Promise<void> {
    const { operation_id: operation } = await fleet.api.delete<{ operation_id: string }>(
      `/api/v1/servers/${id}?force=true`,
      [202],
    );
    const { state, error } = await fleet.operationEnded(operation);
    expect({ state, error }).toEqual({ state: 'succeeded', error: null });
  }

  function traces(): readonly string[] {
    const { added, removed, changed } = diffSnapshots(untouched, host.snapshotFiles());
    return [...added, ...removed, ...changed];
  }

  /** Has the host run a program before each start of the agent. */
  async function runBeforeAgent(command: string): Promise<void> {
    await host.mustExec(['mkdir', DROP_IN]);
    await host.writeFile(`${DROP_IN}/before.conf`, `[Service]\nExecStartPre=${command}\n`);
  }

  /** Waits until a step has begun, looking as often as the API answers. */
  async function begun(operationId: string, step: string): Promise<void> {
    await eventually(
      `step ${step} begins`,
      async () => {
        const { steps } = await fleet.operation(operationId);
        const state = steps.find(({ name }) => name === step)?.state;
        return state === 'pending' ? undefined : true;
      },
      { everyMs: 2 },
    );
  }

  it.each([
    ...STEPS.map((step) => [step, 'root'] as const),
    ...(['upload', 'configure', 'service'] as const).map((step) => [step, 'deploy'] as const),
  ])(
    'by kill -9 of the manager in step %s as %s goes on to the end',
    async (step, login) => {
      const { server, operation_id: operationId } = await add(`killed-in-${step}`, login);
      await begun(operationId, step);

      await fleet.manager.kill();
      await fleet.manager.boot();

      const { state, error } = await fleet.operationEnded(operationId, 200_000);
      expect({ state, error }).toEqual({ state: 'succeeded', error: null });
      expect(await fleet.server(server.id)).toMatchObject({ status: 'online' });
    },
    600_000,
  );

  it('by kill -9 of the manager while it undoes itself leaves nothing', async () => {
    await runBeforeAgent('/bin/false');
    const { operation_id: operationId } = await add('killed-while-undoing');
    await eventually(
      'the service step fails',
      async () => {
        const { steps } = await fleet.operation(operationId);
        const state = steps.find(({ name }) => name === 'service')?.state;
        return state === 'undone' || state === 'failed' ? true : undefined;
      },
      { everyMs: 2 },
    );

    await fleet.manager.kill();
    await host.mustExec(['rm', '-r', DROP_IN]);
    await fleet.manager.boot();

    const operation = await fleet.operationEnded(operationId, 200_000);
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'start_failed' } });
    expect(traces()).toEqual([]);
  }, 600_000);

  it('by a network cut names its leftovers, and removes them once the server is back', async () => {
    // However late the cut comes, the installation is not over by then.
    await runBeforeAgent('/bin/sleep 600');
    const { operation_id: operationId } = await add('cut-off');
    await begun(operationId, 'service');
    await host.cut('unplugged');

    const cut = (await fleet.operationEnded(operationId, 300_000)) as Cleanable;
    await host.heal();
    await host.mustExec(['rm', '-r', DROP_IN]);
    await fleet.api.post(`/api/v1/operations/${operationId}/cleanup`, {}, [202]);
    const cleaned = await eventually('the leftovers are removed', async () => {
      const operation = (await fleet.operation(operationId)) as Cleanable;
      return operation.state === 'failed' ? operation : undefined;
    });

    expect(cut.state).toBe('cleanup_pending');
    expect(cut.leftovers.map(({ what }) => what)).toContain('/opt/myx-agent');
    expect(cleaned.leftovers).toEqual([]);
    expect(traces()).toEqual([]);
  }, 600_000);

  it('by somebody who cancels it leaves nothing', async () => {
    const { server, operation_id: operationId } = await add('cancelled');
    await begun(operationId, 'upload');

    await fleet.api.post(`/api/v1/operations/${operationId}/cancel`, {}, [202]);

    const operation = await fleet.operationEnded(operationId);
    expect(operation).toMatchObject({ state: 'cancelled', error: null });
    expect(await fleet.server(server.id)).toMatchObject({ status: 'new' });
    expect(traces()).toEqual([]);
  }, 180_000);

  it('by a failure goes on from there when it is retried', async () => {
    await host.mustExec(['mv', '/usr/bin/sha256sum', '/usr/bin/sha256sum.away']);
    const { server, operation_id: operationId } = await add('retried');
    const failed = await fleet.operationEnded(operationId);
    await host.mustExec(['mv', '/usr/bin/sha256sum.away', '/usr/bin/sha256sum']);

    await fleet.api.post(`/api/v1/operations/${operationId}/retry`, {}, [202]);
    const retried = await eventually('the retry ends', async () => {
      const operation = await fleet.operation(operationId);
      return operation.state === 'succeeded' ? operation : undefined;
    });

    expect(failed).toMatchObject({ state: 'failed', error: { code: 'tool_missing' } });
    expect(retried.error).toBeNull();
    expect(await fleet.server(server.id)).toMatchObject({ status: 'online' });
  }, 180_000);
});
