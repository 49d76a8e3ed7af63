import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installDeploymentTool, play } from '../support/deployment-tool.ts';
import { LabAgent } from '../support/lab-agent.ts';
import { Lab } from '../lab/index.ts';

const SCRIPTS = '/opt/myx-deployment-tool/scripts';
const script = `${SCRIPTS}/install_ansible.sh`;

describe('a server without Ansible', () => {
  let lab: Lab;
  let agent: LabAgent;

  beforeAll(async () => {
    lab = await Lab.open();
    await installDeploymentTool(lab.host(1));
    agent = await LabAgent.install(lab.host(1), 'bun');
  }, 600_000);

  afterAll(async () => {
    await agent.close();
    await lab.close();
  }, 180_000);

  it('rejects playbooks and says why', async () => {
    const { result } = await play(agent, { playbook: 'playbooks/ping.yml' });

    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(result.reason).toMatch(/^Ansible is not installed/);
  }, 180_000);

  it('is told politely why it cannot be had', async () => {
    const odd = ['env', 'MYX_OS_RELEASE=/tmp/os-release', script];
    await agent.host.writeFile('/tmp/os-release', 'ID=odd\nPRETTY_NAME="Odd Linux"\n');
    const unknown = await agent.host.exec(odd);
    const unprivileged = await agent.host.exec([script], { user: 'plain' });
    await agent.host.writeFile(
      '/etc/apt/apt.conf.d/99none',
      'Acquire::http::Proxy "http://[::1]:9";',
    );
    const offline = await agent.host.exec([script]);
    await agent.host.mustExec(['rm', '/etc/apt/apt.conf.d/99none']);

    expect([unknown.code, unprivileged.code, offline.code]).toEqual([10, 11, 12]);
    expect(unknown.stderr).toMatch(/^Ansible cannot be installed: Odd Linux is not known here/);
    expect(offline.stderr).toMatch(
      /(package lists|packages) cannot be (read|fetched); is there a network/,
    );
  }, 180_000);

  it('gets it from its distribution, once, and runs playbooks', async () => {
    // As the manager does it: a command of the agent.
    const first = await agent.run({ command: script, timeout: 600 });
    expect([first.result.exit_code, first.stderr.toString()]).toEqual([0, expect.any(String)]);
    const second = await agent.run({ command: script, timeout: 300 });
    const { result } = await play(agent, { playbook: 'playbooks/ping.yml' });

    expect(second.stdout.toString()).toMatch(/^ansible-core 2\.\d+.* is installed\.\n$/);
    expect(result.outcome).toBe('succeeded');
  }, 900_000);

  it('is asked how a service is', async () => {
    const check = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await agent.host.exec([`${SCRIPTS}/check_service`, ...args])).stdout);
    const ssh = ['--unit', 'ssh.service', '--listen', 'tcp:22'];
    const version = ['--program', '/usr/bin/python3'];

    expect(await check(...ssh, ...version)).toMatchObject({
      ...{ unit: 'ssh.service', active: true, sub_state: 'running', listening: ['tcp:22'] },
      ...{ main_pid: expect.any(Number), version: expect.stringMatching(/^3\./) },
      ...{ ok: true, reasons: [] },
    });
    expect(
      await check('--unit', 'dbus.service', '--listen', 'tcp:22', '--listen', 'udp:9'),
    ).toMatchObject({
      ...{ ok: false, listening: [] },
      reasons: ['another program listens on tcp:22', 'nothing listens on udp:9'],
    });
    expect(
      await check('--unit', 'none.service', ...version, '--expect-version', '2.0'),
    ).toMatchObject({
      ...{ ok: false, active: false, main_pid: null },
      reasons: [
        'there is no unit none.service',
        expect.stringMatching(/^python3 is version .* not 2\.0$/),
      ],
    });
  }, 180_000);
});
