import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';

const AGENT = ['/opt/myx-agent/current/runtime', '--config=/dev/null', '--no-env-file'] as const;
const BUNDLE = '/opt/myx-agent/current/agent.cjs';

interface Problem {
  readonly name: string;
  readonly server_name?: string;
  readonly layer?: string;
}

describe('a server whose agent is there already', () => {
  const token = randomBytes(32).toString('base64url');
  const secretKey = randomBytes(32).toString('base64url');
  let fleet: Fleet;
  let host: LabHost;
  let first: string;
  let registration: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    fleet = await Fleet.open({ hosts: 1 });
    host = fleet.lab.host(1);
    first = await fleet.addServer(1);
    registration = await configureByHand();
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  /** Gives the agent an identity that only this test knows, as somebody without the manager would. */
  async function configureByHand(): Promise<Readonly<Record<string, unknown>>> {
    const { certificate: ca } = await fleet.api.get<{ certificate: string }>('/api/v1/ca');
    const config = {
      agent_token_sha256: createHash('sha256').update(token).digest('hex'),
      secret_key: secretKey,
      rpc_port: 45_678,
      rpc_path: 'a1b2c3d4e5f6a7b8',
      ca,
    };
    const file = '/etc/myx-agent/config.json';
    await host.writeFile(file, JSON.stringify(config), { mode: '0600' });
    await host.mustExec(['systemctl', 'restart', 'myx-agent.service']);
    await listens(config.rpc_port);
    return {
      name: 'by-hand',
      host: host.address,
      rpc_port: config.rpc_port,
      rpc_path: config.rpc_path,
      agent_token: token,
      secret_key: secretKey,
      certificate_fingerprint: await fingerprint(),
    };
  }

  /** The unit counts as started before the program listens. */
  async function listens(port: number): Promise<void> {
    await eventually(`something listens on ${port}`, async () => {
      const sockets = await host.mustExec(['ss', '-Hltn', `sport = :${port}`]);
      return sockets.trim() === '' ? undefined : true;
    });
  }

  async function fingerprint(): Promise<string> {
    const printed = await host.mustExec([...AGENT, BUNDLE, '--print-fingerprint']);
    return (JSON.parse(printed) as { fingerprint: string }).fingerprint;
  }

  function register(
    changes: object,
    expected: number,
  ): Promise<Problem & { server: { id: string } }> {
    const body = { ...registration, ...changes };
    return fleet.api.post('/api/v1/servers/register', body, [expected]);
  }

  it('is refused while another record has the machine, which is named', async () => {
    const problem = await register({}, 409);

    expect(problem).toMatchObject({ name: 'duplicate_machine', server_name: host.name });
  }, 600_000);

  it.each([
    ['another token', { agent_token: 'x'.repeat(43) }, 'token'],
    ['another key', { secret_key: 'k'.repeat(43) }, 'token'],
    ['another path', { rpc_path: 'zzzzzzzzzzzzzzzz' }, 'token'],
    ['another certificate', { certificate_fingerprint: '00'.repeat(32) }, 'certificate_pin'],
    ['a port where nothing listens', { rpc_port: 45_679 }, 'tcp'],
  ])(
    'is not saved with %s',
    async (_name, changes, layer) => {
      const problem = await register(changes, 502);

      expect(problem).toMatchObject({ name: 'agent_unreachable', layer });
    },
    240_000,
  );

  it('is online at once, runs commands, and has no way to be repaired', async () => {
    await fleet.api.delete(`/api/v1/servers/${first}?uninstall=false`, [202]);
    const { server } = await register({}, 201);

    const command = await fleet.run(server.id, { command: 'echo', args: ['here'] });
    const repair = await fleet.api.post<Problem>(
      `/api/v1/servers/${server.id}/operations`,
      { type: 'repair_agent' },
      [422],
    );

    expect(await fleet.server(server.id)).toMatchObject({ status: 'online' });
    expect((await fleet.output(command.id, 'stdout')).toString()).toBe('here\n');
    expect(repair.name).toBe('connection_mismatch');
  }, 180_000);

  it('stops at a changed certificate until somebody accepts it', async () => {
    const { items } = await fleet.api.get<{ items: { id: string }[] }>('/api/v1/servers');
    const id = items[0]?.id ?? '';
    await host.mustExec(['rm', '-r', '/etc/myx-agent/ssl']);
    await host.mustExec([...AGENT, BUNDLE, '--make-certificate']);
    await host.mustExec(['systemctl', 'restart', 'myx-agent.service']);
    await fleet.serverBecomes(id, 'certificate_changed');

    const accept = `/api/v1/servers/${id}/certificate/accept`;
    const wrong = await fleet.api.post<Problem>(accept, { fingerprint: '00'.repeat(32) }, [409]);
    await fleet.api.post(accept, { fingerprint: await fingerprint() }, [200]);

    expect(wrong.name).toBe('certificate_mismatch');
    await fleet.serverBecomes(id, 'online');
  }, 600_000);

  it('can be given an SSH login later, and then be repaired', async () => {
    const { items } = await fleet.api.get<{ items: { id: string }[] }>('/api/v1/servers');
    const id = items[0]?.id ?? '';
    const { privateKey } = host.users.root.keys.ed25519;
    await fleet.api.patch(`/api/v1/servers/${id}`, {
      ssh: {
        username: 'root',
        auth: { type: 'private_key', private_key: privateKey },
        host_key: { fingerprint: host.hostKeyFingerprint },
      },
    });
    await host.mustExec(['systemctl', 'stop', 'myx-agent.service']);

    const { id: operationId } = await fleet.api.post<{ id: string }>(
      `/api/v1/servers/${id}/operations`,
      { type: 'repair_agent' },
      [202],
    );
    const { state, error } = await fleet.operationEnded(operationId);

    expect({ state, error }).toEqual({ state: 'succeeded', error: null });
    await fleet.serverBecomes(id, 'online');
  }, 600_000);
});
