import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { createTestUser, makeKey, startSshd } from '../../../../test/support/test-sshd.js';
import type { TestKeyOptions, TestSshd, TestUser } from '../../../../test/support/test-sshd.js';
import { connectSsh } from './connect-ssh.js';
import type { SshConnection } from './ssh-connection.js';
import { HostKeyChangedError, SshError } from './ssh-errors.js';
import type { SshAuthentication, SshTarget } from './ssh-target.js';

const sshds: TestSshd[] = [];
const open: SshConnection[] = [];
let sshd: TestSshd;
let user: TestUser;

beforeAll(async () => {
  sshd = await startSshd();
  user = createTestUser();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await Promise.all(sshds.splice(0).map((one) => one.stop()));
});

afterAll(async () => {
  user.remove();
  await sshd.stop();
});

/** One more sshd, set up differently, until the end of the test. */
async function another(...config: string[]): Promise<TestSshd> {
  const started = await startSshd({ config, hostKeys: ['ed25519'] });
  sshds.push(started);
  return started;
}

function target(on: TestSshd, auth: SshAuthentication, more: Partial<SshTarget> = {}): SshTarget {
  const fingerprint = on.hostKeys.ed25519?.fingerprint ?? '';
  return {
    host: '127.0.0.1',
    port: on.port,
    username: user.name,
    auth,
    hostKey: { fingerprint },
    ...more,
  };
}

async function connect(to: SshTarget): Promise<SshConnection> {
  const connection = await connectSsh(to);
  open.push(connection);
  return connection;
}

async function failure(to: SshTarget): Promise<SshError> {
  const error: unknown = await connect(to).then(
    () => new Error('The login succeeded.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SshError)) throw error;
  return error;
}

async function logged(on: TestSshd, pattern: RegExp): Promise<void> {
  const seen = (): Promise<true | undefined> =>
    Promise.resolve(pattern.test(on.log()) || undefined);
  await eventually(`sshd logs ${pattern.source}`, seen, { deadlineMs: 30_000 });
}

const password = (): SshAuthentication => ({ type: 'password', password: user.password });

describe('logins', () => {
  it('are made by password, and the key that was seen is reported', async () => {
    const connection = await connect(target(sshd, password()));

    const { fingerprint } = sshd.hostKeys.ed25519 ?? {};
    expect(connection.hostKey).toEqual({ algorithm: 'ssh-ed25519', fingerprint });
    expect(connection.banner).toMatch(/^SSH-2\.0-OpenSSH/);
  });

  it('are made by password where the host only asks interactively', async () => {
    const interactive = await another('PasswordAuthentication no');

    const connection = await connect(target(interactive, password()));

    expect(connection.username).toBe(user.name);
    await logged(interactive, /Accepted keyboard-interactive\/pam/);
  });

  it.each<TestKeyOptions>([
    { type: 'ed25519' },
    { type: 'ecdsa' },
    { type: 'ecdsa', bits: 384 },
    { type: 'ecdsa', bits: 521 },
    { type: 'rsa' },
    { type: 'ed25519', passphrase: 'open sesame' },
    { type: 'ecdsa', passphrase: 'open sesame' },
    { type: 'rsa', passphrase: 'open sesame' },
    { type: 'rsa', format: 'PEM' },
    { type: 'rsa', format: 'PEM', passphrase: 'open sesame' },
    { type: 'ecdsa', format: 'PEM', passphrase: 'open sesame' },
    { type: 'rsa', format: 'PKCS8' },
    { type: 'rsa', format: 'PKCS8', passphrase: 'open sesame' },
    { type: 'ecdsa', format: 'PKCS8', passphrase: 'open sesame' },
  ])('are made by private key %j', async (options) => {
    const key = makeKey(options);
    sshd.authorize(user.name, key);
    const { passphrase } = options;
    const auth = { type: 'private_key', privateKey: key.privateKey } as const;

    const connection = await connect(
      target(sshd, { ...auth, ...(passphrase ? { passphrase } : {}) }),
    );

    expect(connection.username).toBe(user.name);
    await logged(
      sshd,
      new RegExp(`Accepted publickey for .* ${key.fingerprint.replaceAll('+', '\\+')}`),
    );
  });

  it('are refused with a wrong password, and the host offers are named', async () => {
    const error = await failure(target(sshd, { type: 'password', password: 'wrong' }));

    expect(error).toMatchObject({ layer: 'authentication', code: 'authentication_failed' });
    expect(error.message).toContain('publickey, password, keyboard-interactive');
  });

  it('are refused with a key that is not authorized', async () => {
    const { privateKey } = makeKey({ type: 'ed25519' });

    const error = await failure(target(sshd, { type: 'private_key', privateKey }));

    expect(error).toMatchObject({ layer: 'authentication', code: 'authentication_failed' });
    expect(error.message).toContain('authorized_keys');
  });

  it('say so when the host takes no passwords', async () => {
    const keysOnly = await another('PasswordAuthentication no', 'KbdInteractiveAuthentication no');

    const error = await failure(target(keysOnly, password()));

    expect(error).toMatchObject({ layer: 'authentication', code: 'method_not_offered' });
    expect(error.message).toContain('it offers: publickey');
    expect(keysOnly.log()).not.toContain('Failed password');
  });

  it('say so when the host wants a second factor', async () => {
    const twoFactors = await another('AuthenticationMethods password,publickey');

    const error = await failure(target(twoFactors, password()));

    expect(error).toMatchObject({ layer: 'authentication', code: 'second_factor_required' });
  });

  it('say so when the host counts too many attempts', async () => {
    const strict = await another('MaxAuthTries 1');

    const error = await failure(target(strict, { type: 'password', password: 'wrong' }));

    expect(error).toMatchObject({ layer: 'authentication', code: 'too_many_attempts' });
  });

  it('never write a secret into an error', async () => {
    const secret = 'canary-7f3a';

    const error = await failure(target(sshd, { type: 'password', password: secret }));

    expect(`${error.stack ?? ''}${JSON.stringify(error)}${String(error.cause)}`).not.toContain(
      secret,
    );
  });
});

describe('host keys', () => {
  it('are found among all types that the host has', async () => {
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
      const fingerprint = sshd.hostKeys[type]?.fingerprint ?? '';

      const connection = await connect(target(sshd, password(), { hostKey: { fingerprint } }));

      expect(connection.hostKey.fingerprint).toBe(fingerprint);
    }
  });

  it('are asked for by their pinned type first', async () => {
    const { fingerprint = '' } = sshd.hostKeys.rsa ?? {};
    const before = sshd.log().split('Connection from').length;

    const connection = await connect(
      target(sshd, password(), { hostKey: { fingerprint, algorithm: 'ssh-rsa' } }),
    );

    expect(connection.hostKey).toEqual({ algorithm: 'ssh-rsa', fingerprint });
    await logged(sshd, /Accepted password/);
    expect(sshd.log().split('Connection from').length - before).toBe(1);
  });

  it('that are new are accepted only where that was asked for', async () => {
    const connection = await connect(
      target(sshd, password(), { hostKey: { accept: 'first_seen' } }),
    );

    expect(connection.hostKey.fingerprint).toBe(sshd.hostKeys.ed25519?.fingerprint);
  });

  it('that changed stop the login', async () => {
    const { fingerprint } = makeKey({ type: 'ed25519' });

    const error = await failure(target(sshd, password(), { hostKey: { fingerprint } }));

    expect(error).toBeInstanceOf(HostKeyChangedError);
    expect(error).toMatchObject({
      layer: 'host_key',
      code: 'host_key_changed',
      expected: fingerprint,
      seen: sshd.hostKeys.ed25519?.fingerprint,
      algorithm: 'ssh-ed25519',
    });
  });

  it.each(['', 'SHA256:', 'MD5:00:11', 'SHA256:%%%'])(
    'match no malformed pin: %j',
    async (fingerprint) => {
      const error = await failure(target(sshd, password(), { hostKey: { fingerprint } }));

      expect(error).toBeInstanceOf(HostKeyChangedError);
    },
  );
});

describe('jump hosts', () => {
  it('lead to the host, and each key is its own', async () => {
    const inner = await another();

    const connection = await connect(
      target(inner, password(), { jumpHost: target(sshd, password()) }),
    );

    expect(connection.hostKey.fingerprint).toBe(inner.hostKeys.ed25519?.fingerprint);
    expect(connection.via).toEqual([`127.0.0.1:${sshd.port}`]);
    await logged(inner, /Accepted password for/);
  });

  it('can follow each other', async () => {
    const [middle, inner] = [await another(), await another()];
    const throughMiddle = target(middle, password(), { jumpHost: target(sshd, password()) });

    const connection = await connect(target(inner, password(), { jumpHost: throughMiddle }));

    expect(connection.via).toEqual([`127.0.0.1:${middle.port}`, `127.0.0.1:${sshd.port}`]);
  });

  it('are verified themselves, before their login', async () => {
    const inner = await another();
    const { fingerprint } = makeKey({ type: 'ed25519' });
    const jumpHost = target(sshd, password(), { hostKey: { fingerprint } });

    const error = await failure(target(inner, password(), { jumpHost }));

    expect(error).toMatchObject({ code: 'host_key_changed', endpoint: `127.0.0.1:${sshd.port}` });
    expect(inner.log()).not.toContain('Connection from');
  });

  it('are named when their login fails', async () => {
    const inner = await another();
    const jumpHost = target(sshd, { type: 'password', password: 'wrong' });

    const error = await failure(target(inner, password(), { jumpHost }));

    expect(error).toMatchObject({ layer: 'jump_host', code: 'authentication_failed' });
    expect(error.message).toContain(`127.0.0.1:${sshd.port}`);
  });

  it('are named when they do not forward', async () => {
    const closed = await another('AllowTcpForwarding no');

    const error = await failure(target(sshd, password(), { jumpHost: target(closed, password()) }));

    expect(error).toMatchObject({ layer: 'jump_host', code: 'forwarding_forbidden' });
  });

  it('are named when they cannot reach the host', async () => {
    const unreachable = target(sshd, password(), { port: 1, jumpHost: target(sshd, password()) });

    expect(await failure(unreachable)).toMatchObject({
      layer: 'jump_host',
      code: 'forwarding_failed',
    });
  });

  it('are let go of when the host behind them refuses the login', async () => {
    const [jump, inner] = [await another(), await another()];
    const jumpHost = target(jump, password());

    const error = await failure(
      target(inner, { type: 'password', password: 'wrong' }, { jumpHost }),
    );

    expect(error).toMatchObject({ layer: 'authentication', code: 'authentication_failed' });
    await logged(jump, /Disconnected from user|Received disconnect/);
  });
});
