import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../../test/support/eventually.js';
import { createTestUser, startSshd } from '../../../../test/support/test-sshd.js';
import type { TestSshd, TestUser } from '../../../../test/support/test-sshd.js';
import { SshTransport } from '../ssh/ssh-transport.js';
import { LocalTransport } from './local-transport.js';
import { TransportError } from './transport-error.js';
import type { RunOptions, RunResult, Transport } from './transport.js';

const MIB = 1024 * 1024;

let sshd: TestSshd;
let user: TestUser;
let directory: string;

beforeAll(async () => {
  sshd = await startSshd();
  user = createTestUser({ sudo: 'password' });
  directory = await mkdtemp(join(tmpdir(), 'myx-contract-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  user.remove();
  await sshd.stop();
});

/** Every kind of transport keeps the same promises. */
describe.each<{ name: string; open: () => Promise<Transport> }>([
  { name: 'LocalTransport as root', open: () => Promise.resolve(new LocalTransport()) },
  { name: 'SshTransport, sudo with a password', open: () => openSsh() },
])('$name', ({ open }) => {
  let transport: Transport;
  /** A directory that the login may write to. */
  let home: string;

  beforeAll(async () => {
    transport = await open();
    home = transport.isRoot ? directory : user.home;
  });

  afterAll(() => transport.close());

  const run = async (argv: readonly string[], options?: RunOptions): Promise<RunResult> =>
    transport.run(argv, options);
  const sh = (script: string, options?: RunOptions): Promise<RunResult> =>
    run(['/bin/sh', '-c', script], options);

  it('gives stdout, stderr and the exit code of a program', async () => {
    const result = await sh('echo out; echo err >&2; exit 7');

    expect(result).toMatchObject({ exitCode: 7, signal: null, truncated: false });
    expect(text(result.stdout)).toBe('out\n');
    expect(text(result.stderr)).toBe('err\n');
  });

  it('hands over arguments exactly', async () => {
    const args = ['', ' ', "it's", '$HOME `id` $(id)', 'a\\b', 'line\nline', '*', '-n', 'äöü', '"'];

    const { stdout } = await run(['printf', '%s\\0', ...args]);

    expect(text(stdout)).toBe(args.map((arg) => `${arg}\0`).join(''));
  });

  it('tells a missing program by 127 and one that is not executable by 126', async () => {
    expect(await run(['myx-no-such-program'])).toMatchObject({ exitCode: 127 });
    expect(await run(['/etc/passwd'])).toMatchObject({ exitCode: 126 });
  });

  it('tells the signal that ended a program', async () => {
    expect(await sh('kill -KILL $$')).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  it.each([false, true])('passes binary input through unchanged, sudo %s', async (sudo) => {
    const input = randomBytes(3 * MIB);

    const { stdout } = await run(['cat'], { input, sudo, maxOutputBytes: 4 * MIB });

    expect(digest(stdout)).toBe(digest(input));
  });

  it.each([false, true])('gives a program without input an empty one, sudo %s', async (sudo) => {
    const { stdout, exitCode } = await run(['wc', '-c'], { sudo });

    expect([text(stdout).trim(), exitCode]).toEqual(['0', 0]);
  });

  it('does not mind a program that leaves its input unread', async () => {
    expect(await run(['true'], { input: randomBytes(8 * MIB) })).toMatchObject({ exitCode: 0 });
  });

  it('runs as root with sudo and as the login without', async () => {
    const names = [await run(['id', '-un']), await run(['id', '-un'], { sudo: true })];

    expect(names.map(({ stdout }) => text(stdout).trim())).toEqual([transport.remoteUser, 'root']);
  });

  it('runs many programs at once and mixes nothing up', async () => {
    const numbers = Array.from({ length: 24 }, (_, i) => String(i));

    const results = await Promise.all(numbers.map((n) => sh(`sleep 0.1; echo ${n}`)));

    expect(results.map(({ stdout }) => text(stdout).trim())).toEqual(numbers);
  });

  it('keeps the first bytes of a long output, and shows all of it as it comes', async () => {
    let seen = 0;

    const { stdout, truncated, exitCode } = await sh('head -c 5000000 /dev/zero', {
      maxOutputBytes: 1000,
      onOutput: (stream, bytes) => {
        if (stream === 'stdout') seen += bytes.length;
      },
    });

    expect({ kept: stdout.length, truncated, exitCode, seen }).toEqual({
      kept: 1000,
      truncated: true,
      exitCode: 0,
      seen: 5_000_000,
    });
  });

  it.each([false, true])(
    'ends a program and its children at its deadline, sudo %s',
    async (sudo) => {
      const mark = `3${randomBytes(3).readUIntBE(0, 3)}`;

      const call = sh(`trap "" TERM; sleep ${mark} & sleep ${mark}; sleep ${mark}`, {
        sudo,
        // Long enough for sudo to have started it.
        timeoutMs: 3_000,
      });

      await expect(call).rejects.toMatchObject({ layer: 'command', code: 'command_timed_out' });
      await nothingRuns(`sleep ${mark}`);
    },
  );

  it.each([false, true])('ends a program when its caller aborts, sudo %s', async (sudo) => {
    const mark = `4${randomBytes(3).readUIntBE(0, 3)}`;
    const abort = new AbortController();
    const reason = new Error('no longer wanted');

    const call = run(['sleep', mark], { sudo, signal: abort.signal });
    await somethingRuns(`sleep ${mark}`);
    abort.abort(reason);

    await expect(call).rejects.toBe(reason);
    await nothingRuns(`sleep ${mark}`);
  });

  it('does not start anything for a caller who has aborted already', async () => {
    const reason = new Error('never wanted');
    const file = join(home, 'never');

    const call = run(['touch', file], { signal: AbortSignal.abort(reason) });

    await expect(call).rejects.toBe(reason);
    await expect(transport.readFile(file)).rejects.toMatchObject({ code: 'file_not_found' });
  });

  it('refuses an argument vector that names no program', async () => {
    await expect(run([])).rejects.toThrow(RangeError);
    await expect(run(['-l'])).rejects.toThrow(RangeError);
  });

  it.each([false, true])('uploads 20 MB with its progress, sudo %s', async (sudo) => {
    const bytes = randomBytes(20_000_000);
    const source = join(directory, 'source');
    await writeFile(source, bytes);
    const path = join(sudo ? directory : home, 'uploaded');
    const progress: number[] = [];

    await transport.upload({ path: source }, path, {
      mode: 0o640,
      sudo,
      onProgress: (sent, total) => {
        expect(total).toBe(bytes.length);
        progress.push(sent);
      },
    });

    const { mode, uid } = await stat(path);
    expect(digest(await readFile(path))).toBe(digest(bytes));
    expect((mode & 0o777).toString(8)).toBe('640');
    expect(uid === 0).toBe(sudo || transport.isRoot);
    expect(progress.at(-1)).toBe(bytes.length);
    expect(progress.length).toBeGreaterThan(10);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it.each([false, true])('replaces a file whole, empty ones too, sudo %s', async (sudo) => {
    const path = join(sudo ? directory : home, 'replaced');
    await transport.upload({ bytes: Buffer.from('a longer first content') }, path, {
      mode: 0o600,
      sudo,
    });

    await transport.upload({ bytes: Buffer.from('second') }, path, { mode: 0o600, sudo });
    expect(text(await transport.readFile(path, { sudo }))).toBe('second');

    await transport.upload({ bytes: new Uint8Array() }, path, { mode: 0o600, sudo });
    expect(text(await transport.readFile(path, { sudo }))).toBe('');
  });

  it.each([false, true])('leaves nothing behind when an upload fails, sudo %s', async (sudo) => {
    const before = await leftovers();

    const call = transport.upload({ bytes: randomBytes(100_000) }, '/nonexistent/file', {
      mode: 0o600,
      sudo,
    });

    await expect(call).rejects.toBeInstanceOf(TransportError);
    expect(await leftovers()).toEqual(before);
  });

  it('stops an upload when its caller aborts, and leaves the old file', async () => {
    const path = join(home, 'kept');
    await transport.upload({ bytes: Buffer.from('old') }, path, { mode: 0o600 });
    const abort = new AbortController();
    const before = await leftovers();

    const call = transport.upload({ bytes: randomBytes(64 * MIB) }, path, {
      mode: 0o600,
      signal: abort.signal,
      onProgress: (sent) => {
        if (sent > MIB) abort.abort(new Error('enough'));
      },
    });

    await expect(call).rejects.toThrow('enough');
    expect(text(await transport.readFile(path))).toBe('old');
    await eventually('the part is removed', async () =>
      (await leftovers()).join() === before.join() ? true : undefined,
    );
  });

  it('says why a file cannot be read', async () => {
    const file = join(home, 'big');
    await transport.upload({ bytes: randomBytes(2000) }, file, { mode: 0o600 });

    await expect(transport.readFile('/nonexistent')).rejects.toMatchObject({
      code: 'file_not_found',
    });
    await expect(transport.readFile('/etc')).rejects.toMatchObject({ code: 'not_a_file' });
    await expect(transport.readFile(file, { maxBytes: 1999 })).rejects.toMatchObject({
      code: 'file_too_large',
    });
    expect(await transport.readFile(file, { maxBytes: 2000 })).toHaveLength(2000);
  });

  it('reads what only root may read when told to', async () => {
    expect(text(await transport.readFile('/etc/shadow', { sudo: true }))).toContain('root:');
  });

  async function leftovers(): Promise<readonly string[]> {
    const names = [
      ...(await readdir(home)),
      ...(await readdir(directory)),
      ...(await ofUser('/tmp')),
    ];
    return names.filter((name) => name.endsWith('.part') || name.startsWith('.myx-upload')).sort();
  }

  /** What the login has put there; others use the directory too. */
  async function ofUser(place: string): Promise<readonly string[]> {
    const { uid } = await stat(user.home);
    const names = await readdir(place);
    const owners = await Promise.all(
      names.map((name) =>
        stat(join(place, name)).then(
          (found) => found.uid,
          () => undefined,
        ),
      ),
    );
    return names.filter((_name, index) => owners[index] === uid);
  }
});

describe('a closed transport', () => {
  it.each<{ name: string; open: () => Promise<Transport> }>([
    { name: 'LocalTransport', open: () => Promise.resolve(new LocalTransport()) },
    { name: 'SshTransport', open: () => openSsh() },
  ])('rejects what runs and what comes after: $name', async ({ open }) => {
    const transport = await open();
    const running = transport.run(['sleep', '30']);
    const outcome = expect(running).rejects.toMatchObject({ code: 'connection_lost' });

    await transport.close();
    await transport.close();

    await outcome;
    await expect(transport.run(['true'])).rejects.toMatchObject({ code: 'connection_lost' });
    await expect(
      transport.upload({ bytes: Buffer.from('x') }, '/tmp/x', { mode: 0o600 }),
    ).rejects.toMatchObject({
      code: 'connection_lost',
    });
  });
});

function openSsh(): Promise<SshTransport> {
  return SshTransport.open({
    host: '127.0.0.1',
    port: sshd.port,
    username: user.name,
    auth: { type: 'password', password: user.password },
    sudoPassword: user.password,
    hostKey: { fingerprint: sshd.hostKeys.ed25519?.fingerprint ?? '' },
  });
}

async function runningCommandLines(): Promise<string> {
  const local = new LocalTransport();
  return text((await local.run(['ps', '-eo', 'args='])).stdout);
}

async function nothingRuns(commandLine: string): Promise<void> {
  await eventually(
    `"${commandLine}" has ended`,
    async () => ((await runningCommandLines()).includes(commandLine) ? undefined : true),
    { deadlineMs: 30_000 },
  );
}

async function somethingRuns(commandLine: string): Promise<void> {
  await eventually(
    `"${commandLine}" runs`,
    async () => ((await runningCommandLines()).includes(`\n${commandLine}`) ? true : undefined),
    { deadlineMs: 30_000 },
  );
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
