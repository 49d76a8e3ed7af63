import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { diffSnapshots } from '../lab/index.ts';
import type { FileSnapshot, LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import type { OperationAnswer } from '../support/fleet.ts';

const PATHS = ['/opt/myx-agent', '/etc/myx-agent', '/var/lib/myx-agent'] as const;
const UNIT = '/etc/systemd/system/myx-agent.service';
/**
 * What others leave: sudo a mark in the home of a member of its group, systemd the directory of its
 * transient units, once there was one.
 */
const NOT_OURS = ['/home/admin/.sudo_as_admin_successful', '/run/systemd/transient'];

interface CreatedServer {
  readonly server: { readonly id: string };
  readonly operation_id: string;
}

interface ServerDetails {
  readonly status: string;
  readonly status_cause: { readonly layer: string; readonly code: string } | null;
  readonly agent_version: string | null;
  readonly ssh: { readonly host_key: { readonly fingerprint: string } | null } | null;
  readonly facts: { readonly arch: string } | null;
}

interface ProbeAnswer {
  readonly reachable: boolean;
  readonly host_key: { readonly algorithm: string; readonly fingerprint: string } | null;
  readonly problem: { readonly layer: string; readonly code: string } | null;
}

describe('installation on real servers', () => {
  let fleet: Fleet;
  let host: LabHost;
  let untouched: FileSnapshot;

  beforeAll(async () => {
    fleet = await Fleet.open({
      hosts: [{}, {}, { isolatedBehind: 0 }],
      env: { MYX_INSTALL_RPC_TIMEOUT_SECONDS: '30' },
    });
    host = fleet.lab.host(1);
    untouched = host.snapshotFiles();
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  afterEach(async () => {
    const { items } = await fleet.api.get<{ items: { id: string }[] }>('/api/v1/servers');
    for (const { id } of items) await remove(id, '?force=true');
  }, 180_000);

  /** Adds a host and waits for the end of its installation, however it ends. */
  async function install(
    ssh: Readonly<Record<string, unknown>>,
    target = host,
  ): Promise<{ id: string; operation: OperationAnswer }> {
    const name = `server-${String(performance.now()).replace('.', '-')}`;
    const login = { port: target.sshPort, host_key: { accept: 'first_seen' }, ...ssh };
    const request = { name, host: target.address, ssh: login };
    const created = await fleet.api.post<CreatedServer>('/api/v1/servers', request, [201]);
    const operation = await fleet.operationEnded(created.operation_id);
    return { id: created.server.id, operation };
  }

  function rootByKey(): Readonly<Record<string, unknown>> {
    const { privateKey } = host.users.root.keys.ed25519;
    return { username: 'root', auth: { type: 'private_key', private_key: privateKey } };
  }

  function jumpHost(): object {
    const { address, sshPort } = host;
    return { host: address, port: sshPort, ...rootByKey(), host_key: { accept: 'first_seen' } };
  }

  async function ask(id: string, type: string, params = {}): Promise<OperationAnswer> {
    const request = { type, params };
    const { id: operation } = await fleet.api.post<OperationAnswer>(
      `/api/v1/servers/${id}/operations`,
      request,
      [202],
    );
    return fleet.operationEnded(operation);
  }

  async function remove(id: string, query = ''): Promise<void> {
    const { operation_id: operation } = await fleet.api.delete<{ operation_id: string | null }>(
      `/api/v1/servers/${id}${query}`,
      [202],
    );
    if (operation === null) return;
    const { state, error } = await fleet.operationEnded(operation);
    expect({ state, error }).toEqual({ state: 'succeeded', error: null });
  }

  function details(id: string): Promise<ServerDetails> {
    return fleet.api.get<ServerDetails>(`/api/v1/servers/${id}`);
  }

  /** What is on the host that was not there before the tests. */
  function traces(): readonly string[] {
    const { added, removed, changed } = diffSnapshots(untouched, host.snapshotFiles());
    return [...added, ...removed, ...changed].filter((path) => !NOT_OURS.includes(path));
  }

  async function logOf(operationId: string): Promise<string> {
    const { lines } = await fleet.api.get<{ lines: { line: string }[] }>(
      `/api/v1/operations/${operationId}/log`,
    );
    return lines.map(({ line }) => line).join('\n');
  }

  const logins: [string, () => Readonly<Record<string, unknown>>][] = [
    ['root by key', rootByKey],
    [
      'root by password',
      () => ({
        username: 'root',
        auth: { type: 'password', password: host.users.root.password },
      }),
    ],
    [
      'a sudo user with a password',
      () => ({
        username: 'admin',
        auth: { type: 'password', password: host.users.admin.password },
        sudo_password: host.users.admin.password,
      }),
    ],
    [
      'a sudo user without one, by an encrypted key',
      () => {
        const { privateKey, passphrase } = host.users.deploy.keys.encrypted;
        return {
          username: 'deploy',
          auth: { type: 'private_key', private_key: privateKey, passphrase },
        };
      },
    ],
  ];

  it.each(logins)(
    'installs as %s, and leaves nothing behind when removed',
    async (_name, login) => {
      const { id, operation } = await install(login());
      const installed = await details(id);
      const modes = await host.mustExec(['stat', '-c', '%a %U', '/etc/myx-agent/config.json']);

      await remove(id);

      expect(operation).toMatchObject({ state: 'succeeded', error: null });
      expect(installed).toMatchObject({ status: 'online', status_cause: null });
      expect(installed.facts?.arch).toBe(process.arch);
      expect(installed.ssh?.host_key?.fingerprint).toBe(host.hostKeyFingerprint);
      expect(modes.trim()).toBe('600 root');
      expect(traces()).toEqual([]);
    },
    600_000,
  );

  it('does nothing twice, and mends what differs', async () => {
    const { id } = await install(rootByKey());

    const again = await ask(id, 'repair_agent');
    await host.mustExec(['systemctl', 'stop', 'myx-agent.service']);
    await host.mustExec(['rm', '-r', UNIT, '/opt/myx-agent/current', '/etc/myx-agent/config.json']);
    const repaired = await ask(id, 'repair_agent');
    const mended = await details(id);
    const before = await fleet.api.get<{ rpc_port: number }>(`/api/v1/servers/${id}/agent`);
    const reinstalled = await ask(id, 'reinstall_agent');
    const after = await fleet.api.get<{ rpc_port: number }>(`/api/v1/servers/${id}/agent`);
    const uninstalled = await ask(id, 'uninstall_agent');

    const stateOf = ({ steps }: OperationAnswer, name: string): string | undefined =>
      steps.find((step) => step.name === name)?.state;
    expect(stateOf(again, 'upload')).toBe('skipped');
    expect(stateOf(again, 'configure')).toBe('skipped');
    expect(stateOf(again, 'service')).toBe('skipped');
    expect(repaired.state).toBe('succeeded');
    expect(stateOf(repaired, 'assign_identity')).toBe('skipped');
    expect(stateOf(repaired, 'upload')).toBe('succeeded');
    expect(mended.status).toBe('online');
    expect(reinstalled.state).toBe('succeeded');
    expect(after.rpc_port).not.toBe(before.rpc_port);
    expect(uninstalled.state).toBe('succeeded');
    expect(await logOf(uninstalled.id)).toContain('removed /opt/myx-agent');
    expect((await details(id)).status).toBe('new');
    expect(traces()).toEqual([]);
  }, 400_000);

  it('installs through a jump host', async () => {
    const { id, operation } = await install(
      { ...rootByKey(), jump_host: jumpHost() },
      fleet.lab.host(2),
    );

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await logOf(operation.id)).toContain(`via ${host.address}:${String(host.sshPort)}`);
    expect((await details(id)).status).toBe('online');
  }, 600_000);

  it('names the layer when an agent is only reachable for its jump host', async () => {
    const hidden = fleet.lab.host(3);

    const { operation } = await install({ ...rootByKey(), jump_host: jumpHost() }, hidden);

    expect(operation).toMatchObject({
      state: 'failed',
      error: { step: 'wait_for_rpc', layer: 'tcp' },
    });
    expect(
      await hidden.mustExec(['sh', '-c', 'ls -d /opt/myx* /etc/myx* /var/lib/myx* || :']),
    ).toBe('');
  }, 400_000);

  it('says that the password is wrong, and touches nothing', async () => {
    const { id, operation } = await install({
      username: 'root',
      auth: { type: 'password', password: 'certainly-not-it' },
    });

    expect(operation).toMatchObject({
      state: 'failed',
      error: { step: 'connect', layer: 'authentication' },
    });
    expect(await details(id)).toMatchObject({
      status: 'install_failed',
      status_cause: { layer: 'ssh' },
    });
    expect(traces()).toEqual([]);
  }, 180_000);

  it('refuses a user who may not become root, and forgets such a server when forced', async () => {
    const { operation } = await install({
      username: 'plain',
      auth: { type: 'password', password: host.users.plain.password },
      sudo_password: host.users.plain.password,
    });

    expect(operation).toMatchObject({ state: 'failed', error: { layer: 'sudo' } });
    expect(traces()).toEqual([]);
  }, 180_000);

  it('undoes the installation when the service cannot be started', async () => {
    const dropIn = `${UNIT}.d`;
    await host.mustExec(['mkdir', dropIn]);
    await host.writeFile(`${dropIn}/fail.conf`, '[Service]\nExecStartPre=/bin/false\n');

    const { operation } = await install(rootByKey());
    await host.mustExec(['rm', '-r', dropIn]);

    expect(operation).toMatchObject({
      state: 'failed',
      error: { step: 'service', layer: 'installation', code: 'start_failed' },
    });
    expect(await logOf(operation.id)).toContain('journal: ');
    expect(traces()).toEqual([]);
  }, 600_000);

  it.each([
    ['drop', 'port_filtered'],
    ['reject', 'port_refused'],
  ] as const)(
    'names the firewall when it does %s',
    async (kind, code) => {
      const created = await fleet.api.post<CreatedServer>(
        '/api/v1/servers',
        fleet.serverRequest(host, { name: `firewalled-${kind}` }),
        [201],
      );
      const port = await eventually('a port is assigned', async () => {
        const [, found] = /will listen on port (\d+)/.exec(await logOf(created.operation_id)) ?? [];
        return found === undefined ? undefined : Number(found);
      });
      await host.block(port, kind);

      const operation = await fleet.operationEnded(created.operation_id);
      await host.heal();

      expect(operation).toMatchObject({
        state: 'failed',
        error: { step: 'wait_for_rpc', layer: 'tcp', code },
      });
      expect(traces()).toEqual([]);
    },
    600_000,
  );

  it('refuses a machine that is managed already, naming the other server', async () => {
    const first = await install(rootByKey());
    const second = await install(rootByKey());

    expect(second.operation).toMatchObject({
      state: 'failed',
      error: { step: 'preflight', code: 'duplicate_machine' },
    });
    expect((await details(first.id)).status).toBe('online');
  }, 600_000);

  it('waits for running commands, unless forced', async () => {
    const { id } = await install(rootByKey());
    const command = await fleet.start(id, { command: 'sleep', args: ['600'] });
    await eventually('the command runs', async () => {
      const { status } = await fleet.command(command.id);
      return status === 'running' ? true : undefined;
    });

    const refused = await ask(id, 'uninstall_agent');
    await remove(id, '?force=true');

    expect(refused).toMatchObject({ state: 'failed', error: { code: 'commands_running' } });
    expect(traces()).toEqual([]);
  }, 600_000);

  it('stops at a changed host key until somebody accepts it', async () => {
    const { id } = await install(rootByKey());
    await host.regenerateHostKeys();

    const refused = await ask(id, 'repair_agent');
    const marked = await details(id);
    const probe = await fleet.api.post<ProbeAnswer>('/api/v1/ssh-probes', {
      host: host.address,
      port: host.sshPort,
    });
    const wrong = `SHA256:${'A'.repeat(43)}`;
    await fleet.api.post(`/api/v1/servers/${id}/host-key/accept`, { fingerprint: wrong }, [409]);
    const { fingerprint } = probe.host_key!;
    await fleet.api.post(`/api/v1/servers/${id}/host-key/accept`, { fingerprint }, [200]);
    const repaired = await ask(id, 'repair_agent');

    expect(refused).toMatchObject({
      state: 'failed',
      error: { step: 'connect', layer: 'host_key', code: 'host_key_changed' },
    });
    expect(marked.status).toBe('host_key_changed');
    expect(repaired.state).toBe('succeeded');
    expect((await details(id)).status).toBe('online');
  }, 600_000);

  it('refuses a host without systemd, naming what is missing', async () => {
    const created = await fleet.api.post<CreatedServer>(
      '/api/v1/servers/local',
      { name: 'this-machine' },
      [201],
    );

    const operation = await fleet.operationEnded(created.operation_id);

    expect(operation).toMatchObject({
      state: 'failed',
      error: { step: 'preflight', layer: 'installation', code: 'no_systemd' },
    });
  }, 180_000);

  it('forgets a server that is gone for good, when forced', async () => {
    const { id } = await install(rootByKey());
    await host.cut('unplugged');

    try {
      await remove(id, '?force=true');
    } finally {
      await host.heal();
    }

    expect((await fleet.api.raw(`/api/v1/servers/${id}`)).status).toBe(404);
    const again = await install(rootByKey());
    expect(again.operation.state).toBe('succeeded');
    await remove(again.id);
    expect(PATHS.filter((path) => traces().includes(path))).toEqual([]);
  }, 400_000);
});
