import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_UNIT } from '@myx/protocol';
import { AGENT_RUNTIMES } from '../support/agent-process.ts';
import { eventually } from '../support/eventually.ts';
import { LabAgent } from '../support/lab-agent.ts';
import type { TestCommand } from '../support/lab-agent.ts';
import { Lab } from '../lab/index.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const shell = (script: string): TestCommand => ({ command: 'sh', args: ['-c', script] });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ hosts: AGENT_RUNTIMES.length });
}, 600_000);

afterAll(async () => {
  await lab.close();
}, 180_000);

describe.each(AGENT_RUNTIMES.map((runtime, index) => [runtime, index + 1] as const))(
  'at most one start, and no loss, with an agent on %s',
  (runtime, number) => {
    let agent: LabAgent;

    beforeAll(async () => {
      agent = await LabAgent.install(lab.host(number), runtime);
    }, 600_000);

    afterAll(async () => {
      await agent.close();
    });

    const ledger = async (file: string): Promise<number> =>
      (await agent.host.mustExec(['cat', file])).split('\n').length - 1;

    describe('starting once', () => {
      it('for fifty requests at the same time', async () => {
        const command_id = randomUUID();
        const command = {
          ...shell(`echo run >>/tmp/ledger-${command_id}`),
          timeout: 10,
          command_id,
        };
        const request = { args: [], ...command };
        const states = await Promise.all(
          Array.from({ length: 50 }, () => agent.caller.call('execute_command', request)),
        );

        expect(new Set(states.map((state) => state.accepted_at)).size).toBe(1);
        await agent.follow(command_id);
        expect(await ledger(`/tmp/ledger-${command_id}`)).toBe(1);
        const again = await agent.caller.call('execute_command', request);
        expect(again.result?.outcome).toBe('succeeded');
        await expect(
          agent.caller.call('execute_command', { ...request, timeout: 11 }),
        ).rejects.toMatchObject({ code: -32001 });
        await agent.caller.call('forget_command', { command_id });
        await expect(agent.caller.call('execute_command', request)).rejects.toMatchObject({
          code: -32003,
        });
        expect(await ledger(`/tmp/ledger-${command_id}`)).toBe(1);
      }, 600_000);

      it('when the agent is killed at any moment of the start', async () => {
        const requests = Array.from({ length: 6 }, () => {
          const command_id = randomUUID();
          return {
            ...shell(`echo run >>/tmp/ledger-${command_id}`),
            args: ['-c', `echo run >>/tmp/ledger-${command_id}`],
            timeout: 10,
            command_id,
          };
        });
        for (const [index, request] of requests.entries()) {
          const first = agent.caller.call('execute_command', request).catch(() => undefined);
          await pause(index * 4);
          await agent.host.mustExec(['kill', '-9', String(await agent.pid())]);
          await first;
          await agent.answers();
          const again = await agent.caller.call('execute_command', request);
          expect(['running', 'finished']).toContain(again.status);
          const { result } = await agent.follow(request.command_id);
          const runs = await agent.host.exec(['cat', `/tmp/ledger-${request.command_id}`]);

          if (result.outcome === 'lost') expect(runs.stdout.length).toBeLessThanOrEqual(4);
          else expect([result.outcome, runs.stdout]).toEqual(['succeeded', 'run\n']);
        }
      }, 600_000);
    });

    describe('without the agent', () => {
      const script =
        'head -c 300000 /dev/urandom >/tmp/$1; for i in 1 2 3 4; do tail -c +$((i*75000-74999)) /tmp/$1 | head -c 75000; sleep 0.5; done; sha256sum </tmp/$1 >&2; exit $1';

      async function survive(interrupt: () => Promise<void>): Promise<void> {
        const statuses = Array.from({ length: 10 }, (_, index) => index + 1);
        const ids = await Promise.all(
          statuses.map((status) =>
            agent.start({ command: 'sh', args: ['-c', script, 'sh', String(status)] }),
          ),
        );
        // Interrupted between taking a command and starting it, the agent may only say that it is lost.
        await Promise.all(ids.map((id) => agent.wrote(id)));
        await interrupt();
        await agent.answers();
        const ended = await Promise.all(ids.map((id) => agent.follow(id)));

        expect(ended.map(({ result }) => result.exit_code)).toEqual(statuses);
        for (const { stdout, stderr, result } of ended) {
          expect(result.output_incomplete).toBe(false);
          expect(stdout).toHaveLength(300_000);
          expect(stderr.toString()).toContain(sha256(stdout));
        }
      }

      it('ten commands keep every byte and status when it is killed', async () => {
        await survive(async () => {
          await agent.host.mustExec(['kill', '-9', String(await agent.pid())]);
        });
      }, 400_000);

      it('ten commands end with nobody looking', async () => {
        await survive(async () => {
          await agent.host.mustExec(['systemctl', 'stop', AGENT_UNIT]);
          await pause(4000);
          await agent.host.mustExec(['systemctl', 'start', AGENT_UNIT]);
        });
      }, 400_000);

      it('ten commands outlive a restart', async () => {
        await survive(() => agent.restart());
      }, 400_000);

      it('ten commands outlive an upgrade', async () => {
        await survive(() => agent.upgrade(runtime));
      }, 600_000);

      it('a timeout holds', async () => {
        const isThere = async (): Promise<boolean> =>
          (await agent.host.exec(['pgrep', '-f', 'sleep 6666'])).code === 0;
        // Tells that it has begun, because it may be over before anybody looks for its process.
        const script = 'echo up; exec sleep 6666';
        const id = await agent.start({ ...shell(script), timeout: 5 });
        await agent.wrote(id);
        await agent.host.mustExec(['systemctl', 'stop', AGENT_UNIT]);
        await eventually('it is ended', async () => !(await isThere()) || undefined);
        await agent.host.mustExec(['systemctl', 'start', AGENT_UNIT]);
        await agent.answers();

        expect((await agent.follow(id)).result.outcome).toBe('timed_out');
      }, 400_000);
    });

    it('calls lost what ran when the server was rebooted, and does not run it again', async () => {
      const command_id = randomUUID();
      const request = {
        command: 'sh',
        args: ['-c', `echo run >>/root/ledger-${command_id}; sleep 600`],
        timeout: 900,
        command_id,
      };
      await agent.caller.call('execute_command', request);
      await eventually(
        'it has begun',
        async () => (await ledger(`/root/ledger-${command_id}`)) || undefined,
      );
      await agent.host.reboot();
      await agent.answers();

      expect((await agent.follow(command_id)).result.outcome).toBe('lost');
      const again = await agent.caller.call('execute_command', request);
      expect(again.result?.outcome).toBe('lost');
      expect(await ledger(`/root/ledger-${command_id}`)).toBe(1);
    }, 600_000);
  },
);
