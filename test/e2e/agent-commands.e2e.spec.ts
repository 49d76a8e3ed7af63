import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_UNIT } from '@myx/protocol';
import { AGENT_RUNTIMES } from '../support/agent-process.ts';
import { eventually } from '../support/eventually.ts';
import { LabAgent } from '../support/lab-agent.ts';
import type { TestCommand } from '../support/lab-agent.ts';
import { Lab } from '../lab/index.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const shell = (script: string): TestCommand => ({ command: 'sh', args: ['-c', script] });

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ hosts: AGENT_RUNTIMES.length });
}, 600_000);

afterAll(async () => {
  await lab.close();
}, 180_000);

describe.each(AGENT_RUNTIMES.map((runtime, index) => [runtime, index + 1] as const))(
  'commands of an agent on %s',
  (runtime, number) => {
    let agent: LabAgent;

    beforeAll(async () => {
      agent = await LabAgent.install(lab.host(number), runtime);
    }, 600_000);

    afterAll(async () => {
      await agent.close();
    });

    describe('running', () => {
      it('tells exit status and both streams', async () => {
        const { result, stdout, stderr } = await agent.run(shell('echo out; echo err >&2; exit 7'));

        expect(result).toMatchObject({ outcome: 'failed', exit_code: 7, output_incomplete: false });
        expect([stdout.toString(), stderr.toString()]).toEqual(['out\n', 'err\n']);
      });

      it('delivers 5 MB of binary output byte for byte', async () => {
        const script = 'head -c 5000000 /dev/urandom >/tmp/r; sha256sum </tmp/r >&2; cat /tmp/r';
        const { stdout, stderr } = await agent.run(shell(script));

        expect(stdout).toHaveLength(5_000_000);
        expect(stderr.toString()).toContain(sha256(stdout));
      }, 600_000);

      it('tells output while the command runs', async () => {
        const id = await agent.start(shell('echo first; sleep 60'));
        const log = await agent.caller.call('get_command_log', {
          command_id: id,
          offsets: { stdout: 0, stderr: 0 },
          max_bytes: 1000,
          wait_ms: 10_000,
        });

        expect(log).toMatchObject({ is_final: false, result: null, new_offsets: { stdout: 6 } });
        await agent.caller.call('cancel_command', { command_id: id, grace_ms: 0 });
      });

      it('lets programs open their output again without losing any', async () => {
        const script =
          'echo 1 >&2; echo 2 >/dev/stderr; echo 3 | tee /dev/stderr; echo 4 >/dev/stdout';
        for (const user of ['root', 'nobody']) {
          const { stdout, stderr } = await agent.run({ ...shell(script), user });

          expect([stdout.toString(), stderr.toString()]).toEqual(['3\n4\n', '1\n2\n3\n']);
        }
      });

      it('passes arguments, environment, input and script on as they are', async () => {
        const odd = 'a "b" \\ $HOME `id` \n\t é %n \'';
        const args = ['$PATH', '', '%i', odd, '-x'];
        const { stdout } = await agent.run({
          command: 'python3',
          args,
          env: { ODD: odd, EXIT_CODE: '99', EXIT_STATUS: '98' },
          stdin: base64('input\n'),
          script: base64(
            'import os,sys\nprint("\\0".join(sys.argv[1:] + [os.environ["ODD"], sys.stdin.read()]))',
          ),
        });

        expect(stdout.toString('utf8')).toBe([...args, odd, 'input\n'].join('\0') + '\n');
      });

      it('runs as another user, with the environment of that user and nothing of the agent', async () => {
        const { stdout } = await agent.run({
          command: 'sh',
          args: ['-c', 'id -un; pwd; env'],
          user: 'daemon',
        });
        const [name, directory, ...variables] = stdout.toString('utf8').trim().split('\n');

        expect([name, directory]).toEqual(['daemon', '/usr/sbin']);
        const names = variables.map((line) => line.split('=')[0] ?? '').sort();
        // No SHELL: this user has none to log in with.
        expect(names).toEqual(['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'USER']);
        expect(variables).toContain('HOME=/usr/sbin');
      });

      it('keeps a script readable by its user alone', async () => {
        const id = await agent.start({
          command: 'sh',
          script: base64('cat "$0"; sleep 60'),
          user: 'nobody',
        });
        await agent.wrote(id);
        const file = `/var/lib/myx-agent/scripts/${id}`;
        const asDaemon = ['setpriv', '--reuid=daemon', '--clear-groups', 'cat', file];

        expect((await agent.host.exec(asDaemon)).code).not.toBe(0);
        const { state } = await agent.caller.call('cancel_command', {
          command_id: id,
          grace_ms: 500,
        });
        expect(state.stdout_bytes).toBeGreaterThan(0);
        expect((await agent.host.exec(['ls', file])).code).not.toBe(0);
      });
    });

    describe('ending', () => {
      it.each<[string, TestCommand, object]>([
        ['success', { command: 'true' }, { outcome: 'succeeded', exit_code: 0 }],
        [
          'a signal',
          shell('kill -SEGV $$'),
          { outcome: 'failed', signal: 'SIGSEGV', exit_code: null },
        ],
        ['a clean signal', shell('kill -TERM $$'), { outcome: 'failed', signal: 'SIGTERM' }],
        ['a status of systemd', shell('exit 203'), { outcome: 'failed', exit_code: 203 }],
        ['the timeout', { command: 'sleep', args: ['60'], timeout: 1 }, { outcome: 'timed_out' }],
        ['no such program', { command: '/no/such' }, { outcome: 'rejected', started_at: null }],
        ['no such name', { command: 'no-such' }, { outcome: 'rejected', exit_code: null }],
        ['no program', { command: '/etc/passwd' }, { outcome: 'rejected' }],
        ['no such user', { command: 'true', user: 'no-such' }, { outcome: 'rejected' }],
        ['no such directory', { command: 'true', cwd: '/no/such' }, { outcome: 'rejected' }],
        [
          'a directory that vanished',
          { ...shell('rmdir /tmp/gone; exit 4'), cwd: '/tmp/gone' },
          { exit_code: 4 },
        ],
      ])(
        'by %s',
        async (_name, command, expected) => {
          await agent.host.mustExec(['mkdir', '-p', '/tmp/gone']);

          expect((await agent.run(command)).result).toMatchObject(expected);
        },
        300_000,
      );

      it('ends what a command left behind', async () => {
        const { result, stdout } = await agent.run(shell('setsid sleep 7777 & echo done'));

        expect(result.outcome).toBe('succeeded');
        expect(stdout.toString()).toBe('done\n');
        expect((await agent.host.exec(['pgrep', '-f', 'sleep 7777'])).code).toBe(1);
      }, 600_000);

      it('cancels a tree that forks, calls setsid and ignores SIGTERM', async () => {
        const stubborn = `trap "" TERM; for i in 1 2 3; do setsid sh -c 'trap "" TERM; sleep 8888 & exec </dev/null >/dev/null 2>&1; sleep 8888' & done; echo up; wait`;
        const id = await agent.start(shell(stubborn));
        await agent.wrote(id);
        await eventually('all of the tree is there', async () => {
          const { stdout } = await agent.host.exec(['pgrep', '-fc', '^sleep 8888']);
          return stdout.trim() === '6' || undefined;
        });
        const answer = await agent.caller.call('cancel_command', { command_id: id, grace_ms: 300 });

        expect(answer.processes_left).toBe(0);
        expect(answer.state.result).toMatchObject({ outcome: 'cancelled', signal: 'SIGKILL' });
        expect((await agent.host.exec(['pgrep', '-f', 'sleep 8888'])).code).toBe(1);
        expect((await agent.follow(id)).stdout.toString()).toBe('up\n');
      }, 600_000);

      it('lets a command end by itself within the grace of a cancel', async () => {
        const id = await agent.start(
          shell('trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.1; done'),
        );
        await agent.wrote(id);
        const { state } = await agent.caller.call('cancel_command', {
          command_id: id,
          grace_ms: 10_000,
        });

        expect(state.result).toMatchObject({ outcome: 'cancelled', exit_code: 3 });
        expect((await agent.follow(id)).stdout.toString()).toBe('up\nbye\n');
      }, 600_000);

      it('is bounded by the limits of the command', async () => {
        const hog = 'import sys\nx = []\nwhile True: x.append(bytearray(1 << 20))';
        const { result } = await agent.run({
          command: 'prlimit',
          args: ['--as=200000000', 'python3', '-c', hog],
          limits: { tasks_max: 20 },
        });

        expect(result).toMatchObject({ outcome: 'failed', exit_code: 1 });
      }, 600_000);
    });

    describe('with little room', () => {
      it('keeps head and tail of a stream that outgrows its bound, and tells the gap', async () => {
        const MiB = 1024 * 1024;
        const produced = 40 * MiB;
        const script = `import sys\nfor i in range(${produced / 8}): sys.stdout.write('%07d\\n' % i)`;
        const id = await agent.start({
          command: 'python3',
          args: ['-c', script],
          limits: { output_bytes: 4 * MiB },
        });
        const kept = async (): Promise<number> => {
          const du = ['du', '-k', `/var/lib/myx-agent/commands/${id}/stdout`];
          return Number.parseInt(await agent.host.mustExec(du), 10) * 1024;
        };
        // What is released goes in whole steps, which this output is a multiple of: nothing is left to go.
        await eventually('it has ended, and what is too much is released', async () => {
          const { commands } = await agent.caller.call('list_commands', {});
          const isEnded = commands.find((each) => each.command_id === id)?.status === 'finished';
          return (isEnded && (await kept()) < 5 * MiB) || undefined;
        });
        const { result, stdout, gaps } = await agent.follow(id);

        const [gap] = gaps;
        expect(result).toMatchObject({ outcome: 'succeeded', stdout_bytes: produced });
        expect(gaps).toHaveLength(1);
        expect(gap?.from).toBe(MiB);
        const { from, to } = gap ?? { from: 0, to: 0 };
        expect(stdout).toHaveLength(produced - (to - from));
        expect(stdout.toString('latin1', from, from + 8)).toBe(
          `${String(to / 8).padStart(7, '0')}\n`,
        );
      }, 400_000);

      it('keeps the exit status on a full disk, says that output is missing, and starts no more', async () => {
        const { host } = agent;
        await host.mustExec(['systemctl', 'stop', AGENT_UNIT]);
        await host.mustExec([
          'mount',
          '-t',
          'tmpfs',
          '-o',
          'size=4m',
          'tmpfs',
          '/var/lib/myx-agent',
        ]);
        try {
          await host.mustExec(['systemctl', 'start', AGENT_UNIT]);
          await agent.answers();
          const { id, result, stdout } = await agent.run(
            shell('head -c 20000000 /dev/zero; exit 9'),
          );

          expect(result).toMatchObject({ exit_code: 9, output_incomplete: true });
          expect(stdout.length).toBeGreaterThan(1_000_000);
          await expect(agent.start({ command: 'true' })).rejects.toMatchObject({ code: -32006 });
          await agent.caller.call('forget_command', { command_id: id });
          expect((await agent.run({ command: 'true' })).result.outcome).toBe('succeeded');
        } finally {
          await host.mustExec(['systemctl', 'stop', AGENT_UNIT]);
          await host.mustExec(['umount', '/var/lib/myx-agent']);
          await host.mustExec(['systemctl', 'start', AGENT_UNIT]);
          await agent.answers();
        }
      }, 400_000);
    });

    it('leaves no unit, process or private file of an ended command behind', async () => {
      await agent.run({ ...shell('true'), env: { A: 'b' }, stdin: base64('x') });
      const units = async (): Promise<readonly string[]> => {
        const list = ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'myx-*'];
        return (await agent.host.mustExec(list)).trim().split('\n');
      };
      // The service manager lets go of a unit a moment after its command has ended.
      const [unit = ''] = await eventually('one unit is left', async () => {
        const left = await units();
        return left.length === 1 ? left : undefined;
      });
      const files = await agent.host.mustExec([
        'find',
        '/var/lib/myx-agent',
        '-name',
        '*.pipe',
        '-o',
        '-name',
        'environment',
        '-o',
        '-path',
        '*/records/*',
        '-o',
        '-path',
        '*/scripts/*',
      ]);

      expect(unit.split(/\s+/)[0]).toBe(AGENT_UNIT);
      expect(files).toBe('');
    }, 600_000);

    it('tells on the stream of events what its commands do', async () => {
      const { last_event_seq: after } = await agent.caller.call('heartbeat', {
        sent_at: new Date().toISOString(),
      });
      const { id } = await agent.run({ command: 'true' });
      const path = agent.caller.pathOf('events', { after: String(after) });
      const text = await new Promise<string>((resolve, reject) => {
        let received = '';
        const request = agent.caller.open({ method: 'GET', path }, (response) => {
          response.on('data', (chunk: Buffer) => {
            received += chunk.toString('utf8');
            if (received.includes('event: command_finished')) resolve(received);
          });
          response.on('error', () => undefined);
        });
        request.on('error', reject).end();
      });

      expect(text).toContain('event: command_started');
      expect(text).toContain(id);
      expect(text).toContain('"outcome":"succeeded"');
    }, 600_000);
  },
);
