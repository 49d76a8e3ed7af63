import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';

/** Writes 200 numbered lines in about four seconds and ends with the status it is given. */
const STEADY_WRITER =
  'i=0; while [ $i -lt 200 ]; do echo "$1 $i"; i=$((i+1)); sleep 0.02; done; exit $1';

function expectedLines(status: number): string {
  return Array.from({ length: 200 }, (_, line) => `${status} ${line}\n`).join('');
}

describe('crashes and cuts', () => {
  let fleet: Fleet;
  let server: string;

  beforeAll(async () => {
    fleet = await Fleet.open({
      hosts: 2,
      // Whatever is taken over, or given up on, is so in this time; how long that is proves nothing more.
      env: { MYX_OPERATIONS_LEASE_SECONDS: '5', MYX_HEARTBEAT_TIMEOUT_SECONDS: '3' },
    });
    server = await fleet.addServer(1);
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 400_000);

  /** Waits until a command was started, whether it has ended since or not. */
  function begun(id: string): Promise<true> {
    return eventually(`command ${id} begins`, async () => {
      const { status } = await fleet.command(id);
      return ['running', 'finished'].includes(status) ? true : undefined;
    });
  }

  async function agentPid(): Promise<string> {
    const show = ['systemctl', 'show', '--property=MainPID', '--value', 'myx-agent.service'];
    return (await fleet.lab.host(1).mustExec(show)).trim();
  }

  it('keeps ten statuses and every byte through kill -9 of the agent', async () => {
    const statuses = Array.from({ length: 10 }, (_, index) => index + 1);
    const started = await Promise.all(
      statuses.map((status) =>
        fleet.start(server, { command: 'sh', args: ['-c', STEADY_WRITER, 'sh', String(status)] }),
      ),
    );
    // Killed between taking a command and starting it, the agent may only say that it is lost.
    await Promise.all(started.map(({ id }) => begun(id)));
    const victim = await agentPid();

    await fleet.lab.host(1).mustExec(['kill', '-9', victim]);

    const ended = await Promise.all(started.map(({ id }) => fleet.ended(id)));
    // Where all had ended before, the agent may still be on its way back.
    await eventually('there is another agent', async () => {
      const pid = await agentPid();
      return pid !== victim && pid !== '0' ? pid : undefined;
    });
    expect(ended.map(({ exit_code }) => exit_code)).toEqual(statuses);
    for (const [index, { id }] of ended.entries()) {
      const output = await fleet.output(id, 'stdout');
      expect(output.toString()).toBe(expectedLines(statuses[index] ?? 0));
    }
  }, 600_000);

  it('resumes a command after kill -9 of the manager', async () => {
    const { id } = await fleet.start(server, {
      command: 'sh',
      args: ['-c', STEADY_WRITER, 'sh', '7'],
    });
    await eventually('some output', async () => {
      const output = await fleet.output(id, 'stdout');
      return output.length > 0 ? true : undefined;
    });

    await fleet.manager.kill();
    await fleet.manager.boot();

    const ended = await fleet.ended(id, 120_000);
    expect(ended).toMatchObject({ outcome: 'failed', exit_code: 7 });
    expect((await fleet.output(id, 'stdout')).toString()).toBe(expectedLines(7));
  }, 600_000);

  it('starts nothing twice when the manager is killed right after it accepted', async () => {
    const started = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        fleet.start(server, {
          command: 'sh',
          args: ['-c', 'echo "$1" >> /var/tmp/starts; sleep 1', 'sh', String(index)],
        }),
      ),
    );

    await fleet.manager.kill();
    await fleet.manager.boot();

    const ended = await Promise.all(started.map(({ id }) => fleet.ended(id, 120_000)));
    expect(ended.map(({ outcome }) => outcome)).toEqual(started.map(() => 'succeeded'));
    const starts = (await fleet.lab.host(1).readFile('/var/tmp/starts')).toString();
    expect(starts.trim().split('\n').sort()).toEqual(started.map((_, index) => String(index)));
  }, 600_000);

  it('ends an installation that the manager was killed in', async () => {
    const host = fleet.lab.host(2);
    const { operation_id, server: added } = await fleet.api.post<{
      operation_id: string;
      server: { id: string };
    }>('/api/v1/servers', fleet.serverRequest(host), [201]);
    await eventually(
      'the installation is on its way',
      async () => {
        const { steps } = await fleet.operation(operation_id);
        return steps.some(({ name, state }) => name !== 'connect' && state === 'succeeded')
          ? true
          : undefined;
      },
      { everyMs: 20 },
    );

    await fleet.manager.kill();
    await fleet.manager.boot();

    const operation = await fleet.operationEnded(operation_id, 150_000);
    expect(operation.state).toBe('succeeded');
    await fleet.serverBecomes(added.id, 'online');
  }, 600_000);

  it('survives a network cut of 20 seconds in the middle of a command', async () => {
    const script =
      'i=0; while [ $i -lt 250 ]; do echo "$i"; i=$((i+1)); sleep 0.1; done | sha256sum';
    const lines = Array.from({ length: 250 }, (_, line) => `${line}\n`).join('');
    const digest = createHash('sha256').update(lines).digest('hex');
    const { id } = await fleet.start(server, { command: 'sh', args: ['-c', script] });
    await begun(id);

    await fleet.lab.host(1).cut();
    const away = await fleet.serverBecomes(server, 'offline', 150_000);
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    await fleet.lab.host(1).heal();

    expect(away.status_cause?.layer).toBe('tcp');
    await fleet.serverBecomes(server, 'online', 90_000);
    const ended = await fleet.ended(id, 120_000);
    expect(ended.outcome).toBe('succeeded');
    expect((await fleet.output(id, 'stdout')).toString()).toBe(`${digest}  -\n`);
  }, 400_000);

  it('says lost for what ran when the server rebooted', async () => {
    const { id } = await fleet.start(server, { command: 'sleep', args: ['600'] });
    await eventually('it runs on the host', () =>
      Promise.resolve(
        fleet.lab
          .host(1)
          .processes()
          .some(({ args }) => args.includes('600'))
          ? true
          : undefined,
      ),
    );

    await fleet.lab.host(1).reboot();

    const ended = await fleet.ended(id, 120_000);
    expect(ended.outcome).toBe('lost');
    // The agent may see its end while the server goes down. Else, as hosts of the lab share their
    // kernel's boot id, the service manager is what tells.
    expect(ended.reason).toMatch(/the server went down|the service manager no longer knows/);
    const again = fleet.lab
      .host(1)
      .processes()
      .filter(({ args }) => args.includes('600'));
    expect(again).toEqual([]);
  }, 600_000);
});
