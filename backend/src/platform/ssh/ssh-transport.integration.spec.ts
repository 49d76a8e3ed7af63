import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { eventually } from '../../../../test/support/eventually.js';
import { createTestUser, startSshd } from '../../../../test/support/test-sshd.js';
import type { TestSshd, TestUser, TestUserOptions } from '../../../../test/support/test-sshd.js';
import { TransportError } from '../transport/transport-error.js';
import { quoteArgv } from './quote-argv.js';
import { SshTransport } from './ssh-transport.js';
import type { SshTarget } from './ssh-target.js';

const MIB = 1024 * 1024;
let sshd: TestSshd;
let closers: (() => unknown)[] = [];

beforeAll(async () => {
  sshd = await startSshd();
});

afterEach(async () => {
  // Last made, first removed: connections before the logins and hosts they use.
  for (const close of closers.reverse()) await close();
  closers = [];
});

afterAll(() => sshd.stop());

function login(options?: TestUserOptions): TestUser {
  const user = createTestUser(options);
  closers.push(() => {
    user.remove();
  });
  return user;
}

async function another(...config: string[]): Promise<TestSshd> {
  const started = await startSshd({ config, hostKeys: ['ed25519'] });
  closers.push(() => started.stop());
  return started;
}

/** A way to sshd on which the answer to the second request from now on can be held back. */
async function openGate(): Promise<{ port: number; hold: () => void; release: () => void }> {
  let near = new Socket();
  let far = new Socket();
  let requests = 0;
  const gate = createServer((incoming) => {
    near = incoming;
    far = connect(sshd.port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    near.pipe(far).pipe(near);
    near.on('data', () => {
      requests -= 1;
      if (requests === 0) far.unpipe(near).pause();
    });
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  closers.push(() => gate.close());
  return {
    port: (gate.address() as AddressInfo).port,
    hold: () => {
      requests = 2;
    },
    release: () => far.pipe(near),
  };
}

async function open(
  user: TestUser,
  more: Partial<SshTarget> = {},
  on = sshd,
): Promise<SshTransport> {
  const transport = await SshTransport.open({
    host: '127.0.0.1',
    port: on.port,
    username: user.name,
    auth: { type: 'password', password: user.password },
    hostKey: { fingerprint: on.hostKeys.ed25519?.fingerprint ?? '' },
    ...more,
  });
  closers.push(() => transport.close());
  return transport;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

describe('sudo over SSH', () => {
  it('works without a password where none is asked for', async () => {
    const transport = await open(login({ sudo: 'nopasswd' }));

    expect(text((await transport.run(['id', '-un'], { sudo: true })).stdout)).toBe('root\n');
  });

  it('ends a program that is given up before the host has confirmed its start', async () => {
    const user = login({ sudo: 'nopasswd' });
    const gate = await openGate();
    const transport = await open(user, { port: gate.port });
    const file = `${user.home}/started`;
    const stop = new AbortController();
    // The first request opens a channel, the second one starts the program on it.
    gate.hold();
    const running = transport.run(['sh', '-c', 'echo $$ >"$0"; exec sleep 600', file], {
      sudo: true,
      signal: stop.signal,
    });
    const pid = await eventually(
      'it runs',
      async () => (await readFile(file, 'utf8')) || undefined,
    );

    stop.abort(new Error('given up'));
    gate.release();

    await expect(running).rejects.toThrow('given up');
    const state = (): Promise<string> =>
      readFile(`/proc/${pid.trim()}/cmdline`, 'utf8').catch(() => '');
    await eventually('it ends', async () => ((await state()) === '' ? true : undefined), {
      deadlineMs: 30_000,
    });
  });

  it('never hands the password to the program, asked for or not', async () => {
    for (const sudo of ['nopasswd', 'password'] as const) {
      const user = login({ sudo });
      const transport = await open(user, { sudoPassword: user.password });

      const first = await transport.run(['cat'], { sudo: true, input: 'only this' });
      // The second time sudo remembers the login and does not ask.
      const second = await transport.run(['cat'], { sudo: true, input: 'only this' });

      expect([text(first.stdout), text(second.stdout)]).toEqual(['only this', 'only this']);
      expect([text(first.stderr), text(second.stderr)]).toEqual(['', '']);
    }
  });

  it('has the password in no argument list', async () => {
    const user = login({ sudo: 'password' });
    const transport = await open(user, { sudoPassword: user.password });

    const { stdout } = await transport.run(['sh', '-c', 'cat /proc/[0-9]*/cmdline'], {
      sudo: true,
    });

    expect(text(stdout)).toContain('sudo');
    expect(text(stdout)).not.toContain(user.password);
  });

  it.each([
    {
      name: 'a wrong password',
      sudo: 'password',
      sudoPassword: 'wrong',
      code: 'sudo_password_wrong',
    },
    { name: 'no password', sudo: 'password', code: 'sudo_password_required' },
    { name: 'no rights', code: 'sudo_not_allowed', sudoPassword: 'right' },
  ] as const)('says so with $name', async (row) => {
    const user = login('sudo' in row ? { sudo: row.sudo } : {});
    const given = 'sudoPassword' in row ? row.sudoPassword : undefined;
    const sudoPassword = given === 'right' ? user.password : given;
    const transport = await open(user, sudoPassword === undefined ? {} : { sudoPassword });

    const error: unknown = await transport
      .run(['true'], { sudo: true })
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ layer: 'sudo', code: row.code });
    expect((error as Error).message).not.toContain(user.password);
  });

  it('says so where sudo is missing', async () => {
    const user = login();
    const transport = await open(user);
    await transport.run(['sh', '-c', 'echo "PATH=/nonexistent" > ~/.bashrc']);

    const error: unknown = await transport
      .run(['true'], { sudo: true })
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ layer: 'sudo', code: 'sudo_missing' });
  });
});

describe('logins of all sorts', () => {
  it('may print what they like before the program', async () => {
    const user = login();
    await writeFile(`${user.home}/.bashrc`, 'echo Welcome; echo Warning >&2\n');
    const transport = await open(user);

    const { stdout, stderr } = await transport.run(['echo', 'mine']);

    expect([text(stdout), text(stderr)]).toEqual(['mine\n', '']);
  });

  it.each(['/bin/false', '/usr/sbin/nologin'])('are refused with the shell %s', async (shell) => {
    await expect(open(login({ shell }))).rejects.toMatchObject({
      layer: 'command',
      code: 'login_shell_failed',
    });
  });

  it('work with sh as the shell', async () => {
    const transport = await open(login({ shell: '/bin/sh' }));

    expect(text((await transport.run(['printf', '%s', "a\\b'c"])).stdout)).toBe("a\\b'c");
  });

  it('are described without secrets', async () => {
    const user = login();
    const transport = await open(user);

    expect(transport.describe()).toBe(`ssh ${user.name}@127.0.0.1:${sshd.port}`);
    expect([transport.remoteUser, transport.isRoot]).toEqual([user.name, false]);
  });
});

describe('a limited host', () => {
  it('with one session at a time gets them one by one', async () => {
    const transport = await open(login(), {}, await another('MaxSessions 1'));
    const numbers = ['1', '2', '3', '4', '5', '6'];

    const results = await Promise.all(numbers.map((n) => transport.run(['echo', n])));

    expect(results.map(({ stdout }) => text(stdout).trim())).toEqual(numbers);
  });

  it('with no session at all is named', async () => {
    await expect(open(login(), {}, await another('MaxSessions 0'))).rejects.toMatchObject({
      layer: 'channel',
      code: 'channel_refused',
    });
  });

  it('without SFTP is named, and still runs programs', async () => {
    const transport = await open(login(), {}, await another('Subsystem sftp /bin/false'));

    await expect(
      transport.upload({ bytes: Buffer.from('x') }, '/tmp/myx-never', { mode: 0o600 }),
    ).rejects.toMatchObject({ layer: 'sftp', code: 'sftp_unavailable' });
    expect(await transport.run(['true'])).toMatchObject({ exitCode: 0 });
  });

  it('says why it does not take a file', async () => {
    const transport = await open(login());
    const upload = (path: string): Promise<void> =>
      transport.upload({ bytes: Buffer.from('x') }, path, { mode: 0o600 });

    await expect(upload('/nonexistent/x')).rejects.toMatchObject({ code: 'directory_missing' });
    await expect(upload('/etc/x')).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(upload('/dev/full/x')).rejects.toMatchObject({ layer: 'sftp' });
    await expect(upload('/tmp')).rejects.toMatchObject({ layer: 'sftp' });
  });
});

describe('a connection that is lost', () => {
  /** Ends the processes by which sshd serves a login, as a crash or an administrator would. */
  function endSessions(user: TestUser): void {
    execFileSync('pkill', ['-KILL', '-u', user.name, 'sshd']);
  }

  it('fails the program that runs, and everything after it', async () => {
    const user = login();
    const transport = await open(user);
    const running = transport.run(['sleep', '30']);
    const outcome = expect(running).rejects.toMatchObject({
      layer: 'channel',
      code: 'connection_lost',
    });
    await eventually('the program runs', () => hasProcess(user, 'sleep'));

    endSessions(user);

    await outcome;
    await expect(transport.run(['true'])).rejects.toMatchObject({ code: 'connection_lost' });
    await expect(transport.readFile('/etc/hostname')).rejects.toMatchObject({
      code: 'connection_lost',
    });
  });

  it('fails an upload in its middle', async () => {
    const user = login();
    const transport = await open(user);
    let ended = false;

    const upload = transport.upload({ bytes: randomBytes(64 * MIB) }, `${user.home}/big`, {
      mode: 0o600,
      onProgress: (sent) => {
        if (sent < MIB || ended) return;
        ended = true;
        endSessions(user);
      },
    });

    await expect(upload).rejects.toMatchObject({ code: 'connection_lost' });
    expect(await readdir(user.home)).not.toContain('big');
  });

  it('fails programs that wait for their turn', async () => {
    const user = login();
    const transport = await open(user);
    const outcomes = Promise.allSettled(
      Array.from({ length: 12 }, () => transport.run(['sleep', '30'])),
    );
    await eventually('the programs run', () => hasProcess(user, 'sleep'));

    endSessions(user);

    const reasons = (await outcomes).map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as unknown) : outcome,
    );
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'connection_lost' });
  });

  async function hasProcess(user: TestUser, name: string): Promise<true | undefined> {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'user:64=,comm=']);
    return (
      stdout.split('\n').some((line) => line.startsWith(user.name) && line.endsWith(` ${name}`)) ||
      undefined
    );
  }
});

describe('quoteArgv', () => {
  it('gives a shell exactly the arguments it was given', async () => {
    // A NUL is refused, and half a surrogate pair is no text that a program could receive.
    const argument = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((one) => one.toWellFormed().replaceAll('\0', ''));
    const tricky = fc.constantFrom(
      '',
      "'",
      "''",
      '"',
      '\\',
      '\n',
      '$x',
      '`id`',
      '!!',
      '~',
      '*',
      '-n',
      '#',
      'if',
      '\r',
    );
    const property = fc.asyncProperty(
      fc.array(fc.oneof(argument, tricky), { maxLength: 8 }),
      async (args) => {
        const commandLine = quoteArgv(['printf', '%s\\0', ...args]);
        const { stdout } = await promisify(execFile)('/bin/sh', ['-c', commandLine]);
        // Without arguments printf still prints its format once.
        expect(stdout).toBe(args.length === 0 ? '\0' : args.map((one) => `${one}\0`).join(''));
      },
    );

    await fc.assert(property, { numRuns: 200 });
  });
});
