import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';

const FIVE_MEBIBYTES = 5 * 1024 * 1024;

describe('commands on real servers', () => {
  let fleet: Fleet;
  let server: string;

  beforeAll(async () => {
    fleet = await Fleet.open({ hosts: 1 });
    server = await fleet.addServer(1);
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 400_000);

  it('answers with the end of a short command', async () => {
    const command = await fleet.run(server, {
      command: 'sh',
      args: ['-c', 'echo out; echo err >&2; exit 3'],
    });

    expect(command).toMatchObject({ status: 'finished', outcome: 'failed', exit_code: 3 });
    expect((await fleet.output(command.id, 'stdout')).toString()).toBe('out\n');
    expect((await fleet.output(command.id, 'stderr')).toString()).toBe('err\n');
  }, 600_000);

  it('passes an argument vector on untouched', async () => {
    const awkward = [
      '$(id)',
      '`id`',
      "it's",
      '"q"',
      'a b',
      '*',
      '',
      '-n',
      'ü',
      'line\nbreak',
      '%s\\n',
    ];

    const command = await fleet.run(server, { command: 'printf', args: ['[%s]', ...awkward] });

    const printed = (await fleet.output(command.id, 'stdout')).toString();
    expect(printed).toBe(awkward.map((argument) => `[${argument}]`).join(''));
  }, 600_000);

  it('delivers 5 MB of binary output byte for byte', async () => {
    const host = fleet.lab.host(1);
    await host.mustExec(['dd', 'if=/dev/urandom', 'of=/var/tmp/blob', 'bs=1M', 'count=5']);
    const [digest] = (await host.mustExec(['sha256sum', '/var/tmp/blob'])).split(' ');

    const command = await fleet.run(server, { command: 'cat', args: ['/var/tmp/blob'] });

    const output = await fleet.output(command.id, 'stdout');
    expect(output).toHaveLength(FIVE_MEBIBYTES);
    expect(createHash('sha256').update(output).digest('hex')).toBe(digest);
    expect(await fleet.output(command.id, 'stdout', FIVE_MEBIBYTES - 16)).toEqual(
      output.subarray(-16),
    );
  }, 400_000);

  it('lets output be followed while the command runs', async () => {
    // It goes on when it is told to: however slow a look at it is, it runs until then.
    const script = 'echo "line 1"; until [ -e /var/tmp/go ]; do sleep 0.1; done; echo "line 2"';
    const started = await fleet.start(server, { command: 'sh', args: ['-c', script] });

    const response = await fleet.manager.api.raw(
      `/api/v1/commands/${started.id}/output?stream=stdout&offset=0&follow=true`,
    );
    const pieces: string[] = [];
    for await (const chunk of response.body ?? []) {
      pieces.push(Buffer.from(chunk as Uint8Array).toString());
      if (pieces.join('') !== 'line 1\n') continue;
      expect(await fleet.command(started.id)).toMatchObject({ status: 'running' });
      await fleet.lab.host(1).mustExec(['touch', '/var/tmp/go']);
    }

    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('line 1\nline 2\n');
  }, 600_000);

  it('cancels a whole tree, also children that left the session', async () => {
    const script =
      'setsid sh -c "exec sleep 4711" & (sleep 4711 &) ; trap "" TERM; echo up; while :; do sleep 0.1; done';
    const started = await fleet.start(server, { command: 'bash', args: ['-c', script] });
    await eventually('its first output', async () => {
      const output = await fleet.output(started.id, 'stdout');
      return output.length > 0 ? true : undefined;
    });

    const answer = await fleet.manager.api.post<{ processes_left: number }>(
      `/api/v1/commands/${started.id}/cancel`,
      { grace_seconds: 1 },
    );

    const ended = await fleet.ended(started.id);
    expect(answer.processes_left).toBe(0);
    expect(ended.outcome).toBe('cancelled');
    const left = fleet.lab
      .host(1)
      .processes()
      .filter(({ args }) => args.includes('4711'));
    expect(left).toEqual([]);
  }, 400_000);

  it('ends a command at its timeout', async () => {
    const command = await fleet.run(server, {
      command: 'sleep',
      args: ['600'],
      timeout_seconds: 1,
    });

    expect(command).toMatchObject({ outcome: 'timed_out', exit_code: null });
  }, 600_000);

  it('feeds standard input', async () => {
    const input = Buffer.from('one\ntwo\n\u00fc').toString();

    const command = await fleet.run(server, { command: 'cat', args: [], stdin: input });

    expect((await fleet.output(command.id, 'stdout')).toString()).toBe(input);
  }, 600_000);

  it.each([
    ['sh', 'printf "%s|%s" "$0" "$1" | sed "s|.*/||"'],
    ['bash', 'a=(1 2 3); printf "script|%s" "$1" ; test "${#a[@]}" = 3'],
    ['python3', 'import sys; print("script|" + sys.argv[1], end="")'],
  ] as const)(
    'runs a %s script with arguments',
    async (interpreter, body) => {
      const command = await fleet.run(server, {
        script: { interpreter, body },
        args: ["it's $HOME"],
      });

      expect(command.outcome).toBe('succeeded');
      expect((await fleet.output(command.id, 'stdout')).toString()).toContain("|it's $HOME");
    },
    300_000,
  );

  it('runs as another user, in a directory, with an environment', async () => {
    const command = await fleet.run(server, {
      command: 'sh',
      args: ['-c', 'id -un; pwd; printf "%s" "$GREETING"'],
      user: 'deploy',
      cwd: '/tmp',
      env: { GREETING: 'multi\nline "quoted" $x' },
    });

    const printed = (await fleet.output(command.id, 'stdout')).toString();
    expect(printed).toBe('deploy\n/tmp\nmulti\nline "quoted" $x');
  }, 600_000);

  it('rejects what cannot start, with the reason', async () => {
    const missing = await fleet.run(server, { command: '/no/such/program', args: [] });
    const stranger = await fleet.run(server, { command: 'true', args: [], user: 'nosuchuser' });

    expect(missing.outcome).toBe('rejected');
    expect(missing.reason).toMatch(/does not exist/);
    expect(stranger.outcome).toBe('rejected');
    expect(stranger.reason).toMatch(/nosuchuser/);
  }, 600_000);

  it('starts one command for one idempotency key', async () => {
    const body = { command: 'sh', args: ['-c', 'echo once >> /var/tmp/ledger'] };
    const send = (): Promise<Response> =>
      fleet.manager.api.raw(`/api/v1/servers/${server}/commands?wait=10`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'ledger-1' },
        body: JSON.stringify(body),
      });

    const answers = await Promise.all(Array.from({ length: 10 }, send));

    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { id: string }).id),
    );
    expect(new Set(ids).size).toBe(1);
    await fleet.ended(ids[0] ?? '');
    const ledger = await fleet.lab.host(1).readFile('/var/tmp/ledger');
    expect(ledger.toString()).toBe('once\n');
  }, 600_000);
});
