import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext } from 'ssh2';
import { makeKey, startSshd } from '../../../../test/support/test-sshd.js';
import type { TestSshd } from '../../../../test/support/test-sshd.js';
import { connectSsh } from './connect-ssh.js';
import { probeSsh } from './probe-ssh.js';
import { HostKeyChangedError } from './ssh-errors.js';
import type { SshTarget } from './ssh-target.js';

/** Of hosts that never answer; the others have the time that users have. */
const SHORT = { readyTimeoutMs: 3_000 } as const;

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function target(port: number, more: Partial<SshTarget> = {}): SshTarget {
  return {
    host: '127.0.0.1',
    port,
    username: 'deploy',
    auth: { type: 'password', password: 'canary-password' },
    hostKey: { accept: 'first_seen' },
    ...more,
  };
}

async function failure(to: SshTarget, signal?: AbortSignal): Promise<unknown> {
  return connectSsh(to, signal ? { signal } : {}).then(
    () => new Error('The login succeeded.'),
    (reason: unknown) => reason,
  );
}

/** A TCP server that does to each connection what it is told. */
async function tcpServer(behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: TcpServer = createServer((socket) => {
    sockets.add(socket);
    // The client hangs up on these servers in the middle of what they do.
    socket.on('error', () => undefined);
    behave(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** An SSH server that writes down every attempt to authenticate. */
async function recordingSshServer(
  answer: (context: AuthContext) => void,
): Promise<{ port: number; fingerprint: string; attempts: string[]; connections: () => number }> {
  const key = makeKey({ type: 'ed25519' });
  const attempts: string[] = [];
  let connections = 0;
  const clients = new Set<{ end(): void }>();
  const server = new ssh2.Server({ hostKeys: [key.privateKey] }, (client) => {
    connections += 1;
    clients.add(client);
    client.on('error', () => undefined);
    // Takes requests to forward and never answers them.
    client.on('tcpip', () => undefined);
    client.on('authentication', (context) => {
      attempts.push(`${context.username} ${context.method}`);
      answer(context);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const client of clients) client.end();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, fingerprint: key.fingerprint, attempts, connections: () => connections };
}

async function sshd(...config: string[]): Promise<TestSshd> {
  const started = await startSshd({ config, hostKeys: ['ed25519'] });
  closers.push(() => started.stop());
  return started;
}

describe('a host whose key has changed', () => {
  it('gets no credential and no user name, whatever it would accept', async () => {
    const impostor = await recordingSshServer((context) => {
      context.accept();
    });
    const { fingerprint } = makeKey({ type: 'ed25519' });

    const error = await failure(target(impostor.port, { hostKey: { fingerprint } }));

    expect(error).toBeInstanceOf(HostKeyChangedError);
    expect(error).toMatchObject({ expected: fingerprint, seen: impostor.fingerprint });
    expect(impostor.connections()).toBe(1);
    expect(impostor.attempts).toEqual([]);
  });

  it('is recorded when its key is the pinned one, so the recording is known to work', async () => {
    const host = await recordingSshServer((context) => {
      context.reject(['password']);
    });

    const error = await failure(target(host.port, { hostKey: { fingerprint: host.fingerprint } }));

    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect(host.attempts).toEqual(['deploy none', 'deploy password']);
  });

  it('gets nothing from a probe either', async () => {
    const host = await recordingSshServer((context) => {
      context.accept();
    });

    const probe = await probeSsh({ host: '127.0.0.1', port: host.port });

    expect(probe).toMatchObject({ reachable: true, hostKey: { fingerprint: host.fingerprint } });
    expect(host.attempts).toEqual([]);
  });
});

describe('an address', () => {
  it('whose name does not exist', async () => {
    const error = await failure(target(22, { host: 'no-such-host.invalid' }));

    expect(error).toMatchObject({ layer: 'dns' });
  });

  it('where nothing listens', async () => {
    const error = await failure(target(1));

    expect(error).toMatchObject({ layer: 'tcp', code: 'connection_refused' });
    expect((error as Error).message).toContain('127.0.0.1:1');
  });

  it('where something accepts and stays silent', async () => {
    const port = await tcpServer(() => undefined);

    expect(await failure(target(port, SHORT))).toMatchObject({
      layer: 'ssh_handshake',
      code: 'no_identification',
    });
  });

  it('where something closes at once', async () => {
    const port = await tcpServer((socket) => socket.end());

    expect(await failure(target(port))).toMatchObject({
      layer: 'ssh_handshake',
      code: 'closed_at_once',
    });
  });

  it.each([
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['SSH 1', 'SSH-1.5-ancient\r\n'],
    ['bytes without a meaning', '\0\u0001\u0002\r\n'.repeat(20)],
  ])('where %s answers', async (_name, greeting) => {
    const port = await tcpServer((socket) => socket.end(greeting));

    expect(await failure(target(port))).toMatchObject({ layer: 'ssh_handshake', code: 'not_ssh' });
  });

  it.each([
    ['lines', `${'x'.repeat(500)}\r\n`],
    ['one line', 'x'.repeat(500)],
  ])('where greetings never end, as %s', async (_name, chunk) => {
    let sent = 0;
    const port = await tcpServer((socket) => {
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
      };
      socket.on('drain', pump);
      pump();
    });

    const error = await failure(target(port));

    expect(error).toMatchObject({ layer: 'ssh_handshake', code: 'not_ssh' });
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('where the handshake stops after the identification', async () => {
    const port = await tcpServer((socket) => socket.write('SSH-2.0-stuck\r\n'));

    expect(await failure(target(port, SHORT))).toMatchObject({
      layer: 'ssh_handshake',
      code: 'handshake_timed_out',
    });
  });

  it('where the key exchange is garbage', async () => {
    const port = await tcpServer((socket) => {
      socket.write('SSH-2.0-garbage\r\n');
      socket.write(Buffer.alloc(100, 0xff));
    });

    expect(await failure(target(port))).toMatchObject({
      layer: 'ssh_handshake',
      code: 'protocol_error',
    });
  });

  it('where the login never gets an answer', async () => {
    const host = await recordingSshServer(() => undefined);

    expect(await failure(target(host.port, SHORT))).toMatchObject({
      layer: 'authentication',
      code: 'authentication_timed_out',
    });
  });

  it('where the login is asked something else than the password', async () => {
    const host = await recordingSshServer((context) => {
      if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
      else
        context.prompt([{ prompt: 'Verification code: ', echo: true }], () => {
          context.reject();
        });
    });

    const error = await failure(target(host.port));

    expect(error).toMatchObject({ layer: 'authentication', code: 'interactive_prompt' });
    expect((error as Error).message).toContain('Verification code:');
  });

  it('where the password is asked again and again', async () => {
    let rounds = 0;
    const host = await recordingSshServer((context) => {
      if (context.method !== 'keyboard-interactive') {
        context.reject(['keyboard-interactive']);
        return;
      }
      const ask = (): void => {
        rounds += 1;
        context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
          if (rounds < 50 && answers[0] !== '') ask();
          else context.reject();
        });
      };
      ask();
    });

    expect(await failure(target(host.port))).toMatchObject({ code: 'authentication_failed' });
    expect(rounds).toBe(2);
  });

  it('behind a jump host that never gets there', async () => {
    const jump = await recordingSshServer((context) => {
      context.accept();
    });

    const error = await failure(target(22, { ...SHORT, jumpHost: target(jump.port) }));

    expect(error).toMatchObject({ layer: 'jump_host', code: 'forwarding_timed_out' });
  });

  it('can be given up on at any time', async () => {
    const port = await tcpServer((socket) => socket.write('SSH-2.0-slow\r\n'));
    const abort = new AbortController();
    const reason = new Error('the page was closed');
    setTimeout(() => {
      abort.abort(reason);
    }, 100);

    expect(await failure(target(port), abort.signal)).toBe(reason);
    expect(await failure(target(port), AbortSignal.abort(reason))).toBe(reason);
  });
});

describe('an sshd', () => {
  it('that has only post-quantum key exchanges is told apart', async () => {
    const host = await sshd('KexAlgorithms sntrup761x25519-sha512@openssh.com');

    const error = await failure(target(host.port));

    expect(error).toMatchObject({ layer: 'ssh_handshake', code: 'no_common_algorithm' });
    expect((error as Error).message).toMatch(/sntrup761x25519.*post-quantum/);
  });

  it('that has only SHA-1 key exchanges is refused', async () => {
    const host = await sshd('KexAlgorithms diffie-hellman-group14-sha1');

    const error = await failure(target(host.port));

    expect(error).toMatchObject({ code: 'no_common_algorithm' });
    expect((error as Error).message).toContain('too weak');
  });

  it('that has only SHA-1 authentication codes is refused', async () => {
    const host = await sshd('Ciphers aes256-ctr', 'MACs hmac-sha1,hmac-sha1-etm@openssh.com');

    expect(await failure(target(host.port))).toMatchObject({ code: 'no_common_algorithm' });
  });

  it('that accepts RSA keys only with SHA-1 gets no such signature', async () => {
    const host = await sshd('PubkeyAcceptedAlgorithms ssh-rsa');
    const key = makeKey({ type: 'rsa' });
    host.authorize('root', key);

    const error = await failure(
      target(host.port, {
        username: 'root',
        auth: { type: 'private_key', privateKey: key.privateKey },
      }),
    );

    expect(error).toMatchObject({ layer: 'authentication', code: 'authentication_failed' });
    expect(host.log()).not.toContain('Accepted publickey');
  });
});

describe('a probe', () => {
  it('shows the key, the offered algorithms and the banner', async () => {
    const host = await startSshd();
    closers.push(() => host.stop());

    const probe = await probeSsh({ host: '127.0.0.1', port: host.port });

    expect(probe).toMatchObject({
      reachable: true,
      hostKey: { algorithm: 'ssh-ed25519', fingerprint: host.hostKeys.ed25519?.fingerprint },
    });
    expect(probe).toHaveProperty('banner', expect.stringMatching(/^SSH-2\.0-OpenSSH/));
    expect(probe).toHaveProperty(
      'hostKeyAlgorithms',
      expect.arrayContaining(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512']),
    );
  });

  it('says which layer fails', async () => {
    const port = await tcpServer((socket) => socket.end('220 mail ESMTP\r\n'));

    expect(await probeSsh({ host: '127.0.0.1', port: 1 })).toMatchObject({
      reachable: false,
      layer: 'tcp',
    });
    expect(await probeSsh({ host: '127.0.0.1', port })).toMatchObject({
      reachable: false,
      layer: 'ssh_handshake',
      code: 'not_ssh',
    });
  });
});
