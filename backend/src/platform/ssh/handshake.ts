import { Client } from 'ssh2';
import type { ConnectConfig } from 'ssh2';
import type { Duplex } from 'node:stream';
import { abortReason } from '../transport/deadline.js';
import { KEY_EXCHANGE_METHODS, algorithmsFor, commonHostKeyTypes } from './algorithms.js';
import { Authenticator, passwordExpired } from './authentication.js';
import type { ReadyCredential } from './authentication.js';
import { describeHostKey, matchesFingerprint } from './host-key.js';
import type { HostKey, HostKeyPolicy } from './host-key.js';
import type { ServerHelloReader } from './server-hello.js';
import { HostKeyChangedError, SshError, printable, sshError } from './ssh-errors.js';

/** Silence of this length is answered by a question; after three without an answer the host is gone. */
const KEEPALIVE_INTERVAL_MS = 15_000;

/** What a handshake is to do. */
export interface HandshakeRequest {
  /** For messages, `host:port`. */
  readonly endpoint: string;
  readonly policy: HostKeyPolicy;
  /** The type of host key to ask for first. */
  readonly keyType?: string | undefined;
  /** Who logs in, and how; without it the handshake stops before authentication. */
  readonly login?: { readonly username: string; readonly credential: ReadyCredential } | undefined;
}

/** What was learnt of a host. */
export interface HandshakeFacts {
  hostKey?: HostKey;
  readonly hello: ServerHelloReader;
}

/**
 * Speaks SSH over an open stream up to the wanted point: the verified host key, or the login. The host
 * key is judged before authentication begins, also when keys are exchanged anew later.
 *
 * @param facts Is filled in as things are learnt, also when the handshake then fails.
 * @returns the client, ready for channels when there was a login. The caller ends it.
 * @throws SshError of layer `ssh_handshake`, `host_key` or `authentication`; the signal's reason when the
 *   caller aborted. The stream is destroyed then.
 */
export async function handshake(
  stream: Duplex,
  request: HandshakeRequest,
  facts: HandshakeFacts,
  signal: AbortSignal,
  timedOut: () => boolean,
): Promise<Client> {
  const attempt = new HandshakeAttempt(stream, request, facts);
  const onAbort = (): void => {
    attempt.fail(timedOut() ? attempt.timeoutError() : abortReason(signal));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    attempt.start();
    await attempt.outcome;
    return attempt.client;
  } catch (error) {
    attempt.client.destroy();
    stream.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

class HandshakeAttempt {
  readonly client = new Client();
  readonly outcome: Promise<void>;
  #succeed: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  readonly #authenticator: Authenticator | undefined;
  #stage: 'identification' | 'key_exchange' | 'authentication' = 'identification';

  constructor(
    private readonly stream: Duplex,
    private readonly request: HandshakeRequest,
    private readonly facts: HandshakeFacts,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.#succeed = resolve;
      this.#reject = reject;
    });
    // An attempt that is given up before it starts is awaited by nobody.
    this.outcome.catch(() => undefined);
    if (request.login)
      this.#authenticator = new Authenticator(request.login.username, request.login.credential);
  }

  start(): void {
    this.client.on('error', (error: Error & { level?: string }) => {
      this.fail(this.#explain(error));
    });
    this.client.on('close', () => {
      this.fail(this.#closedError());
    });
    this.client.on('handshake', () => {
      this.#stage = 'authentication';
      if (!this.#authenticator) this.#succeed();
    });
    this.client.on('change password', () => {
      this.fail(passwordExpired());
    });
    this.client.on('ready', () => {
      this.#succeed();
    });
    this.#listenToHello();
    this.client.connect(this.#config());
  }

  /** Settles the attempt; only the first cause counts. */
  fail(error: Error): void {
    this.#reject(error);
  }

  timeoutError(): SshError {
    const { endpoint } = this.request;
    if (this.#stage === 'authentication') {
      return sshError(
        'authentication',
        'authentication_timed_out',
        `${endpoint} did not finish the login in time. A slow directory service or DNS look-up on the host can cause this.`,
      );
    }
    return this.facts.hello.banner === undefined
      ? sshError(
          'ssh_handshake',
          'no_identification',
          `${endpoint} accepts connections but does not speak SSH. Check the port, and whether the host is overloaded.`,
        )
      : sshError(
          'ssh_handshake',
          'handshake_timed_out',
          `${endpoint} did not finish the SSH handshake in time. The host may be overloaded.`,
        );
  }

  /** Reads along until the host has said what it offers. ssh2 lets the paused stream flow later. */
  #listenToHello(): void {
    const { hello } = this.facts;
    const onData = (chunk: Buffer): void => {
      hello.push(chunk);
      if (!hello.isDone) return;
      this.stream.off('data', onData);
      if (hello.isForeign) this.fail(this.#foreignError());
      else if (hello.hello) this.#stage = 'key_exchange';
    };
    this.stream.pause();
    this.stream.on('data', onData);
  }

  #config(): ConnectConfig {
    const authenticator = this.#authenticator;
    return {
      sock: this.stream,
      username: this.request.login?.username ?? '',
      algorithms: algorithmsFor(this.request.keyType),
      // The whole connect has one deadline, and it is not the library's.
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_INTERVAL_MS,
      keepaliveCountMax: 3,
      hostVerifier: (wireKey: Buffer) => this.#acceptsHostKey(wireKey),
      authHandler: (left, partialSuccess, next) => {
        // Both are null at the first call, whatever the library's types say.
        const method = authenticator?.next(left, partialSuccess) ?? false;
        next(method as Parameters<typeof next>[0]);
      },
    };
  }

  #acceptsHostKey(wireKey: Buffer): boolean {
    const seen = describeHostKey(wireKey);
    const { policy, endpoint } = this.request;
    // A key exchange later in the session must show the same key again.
    const expected =
      this.facts.hostKey?.fingerprint ?? ('fingerprint' in policy ? policy.fingerprint : undefined);
    this.facts.hostKey ??= seen;
    if (expected === undefined || matchesFingerprint(seen, expected)) return true;
    this.fail(new HostKeyChangedError(endpoint, expected, seen));
    return false;
  }

  #explain(error: Error & { level?: string; code?: unknown }): Error {
    if (error instanceof SshError) return error;
    if (error.level === 'client-authentication') return this.#authenticator?.failure() ?? error;
    const disconnected = typeof error.code === 'number';
    if (this.#stage === 'authentication' && disconnected) return this.#disconnectedError(error);
    if (/no matching/i.test(error.message)) return this.#noCommonAlgorithm(error);
    if (this.facts.hello.banner === undefined && this.facts.hello.firstBytes !== '')
      return this.#foreignError();
    if (/lost before handshake|ECONNRESET|EPIPE/.test(error.message))
      return this.#closedError(error);
    return sshError(
      this.#stage === 'authentication' ? 'authentication' : 'ssh_handshake',
      'protocol_error',
      `${this.request.endpoint} broke off the SSH handshake: ${printable(error.message)}`,
      error,
    );
  }

  /** The host ended the session by a message of its own (RFC 4253, 11.1) during authentication. */
  #disconnectedError(error: Error): SshError {
    const { endpoint } = this.request;
    if (/too many authentication failures|no more auth/i.test(error.message)) {
      return sshError(
        'authentication',
        'too_many_attempts',
        `${endpoint} ended the login after too many attempts (MaxAuthTries). ${this.#authenticator?.failure().message ?? ''}`,
        error,
      );
    }
    return sshError(
      'authentication',
      'disconnected',
      `${endpoint} ended the login: ${printable(error.message)}`,
      error,
    );
  }

  #noCommonAlgorithm(cause: Error): SshError {
    const { hello } = this.facts.hello;
    const { endpoint } = this.request;
    const kex = (hello?.keyExchangeMethods ?? []).filter(
      (name) => !/^(ext-info|kex-strict)-/.test(name),
    );
    const list = (names: readonly string[]): string => printable(names.join(', ')) || 'nothing';
    if (!kex.some((name) => KEY_EXCHANGE_METHODS.includes(name))) {
      const advice = kex.some((name) => /mlkem|sntrup/.test(name))
        ? "Hosts that allow only post-quantum key exchanges are not supported, because the SSH library has none. Add curve25519-sha256 to KexAlgorithms in the host's sshd_config."
        : "These are too weak or unknown. Add curve25519-sha256 to KexAlgorithms in the host's sshd_config.";
      return sshError(
        'ssh_handshake',
        'no_common_algorithm',
        `${endpoint} offers only these key exchanges: ${list(kex)}. ${advice}`,
        cause,
      );
    }
    if (commonHostKeyTypes(hello?.hostKeyAlgorithms ?? []).length === 0) {
      return sshError(
        'ssh_handshake',
        'no_common_algorithm',
        `${endpoint} offers only these host keys: ${list(hello?.hostKeyAlgorithms ?? [])}. Give it an Ed25519 host key (ssh-keygen -A).`,
        cause,
      );
    }
    return sshError(
      'ssh_handshake',
      'no_common_algorithm',
      `${endpoint} and this manager have no algorithm in common (${printable(cause.message)}). Allow aes256-gcm@openssh.com or aes256-ctr with hmac-sha2-256 in the host's sshd_config.`,
      cause,
    );
  }

  #foreignError(): SshError {
    const said = printable(this.facts.hello.banner ?? this.facts.hello.firstBytes);
    return sshError(
      'ssh_handshake',
      'not_ssh',
      `${this.request.endpoint} does not speak SSH 2; it sent: ${said.slice(0, 80)}. Check the port.`,
    );
  }

  #closedError(cause?: Error): SshError {
    const { endpoint } = this.request;
    const { hello } = this.facts;
    if (this.#stage === 'authentication') {
      return sshError(
        'authentication',
        'disconnected',
        `${endpoint} closed the connection during the login. Its log says why.`,
        cause,
      );
    }
    if (hello.banner !== undefined) {
      return sshError(
        'ssh_handshake',
        'closed_in_handshake',
        `${endpoint} closed the connection during the SSH handshake.`,
        cause,
      );
    }
    if (hello.firstBytes !== '') return this.#foreignError();
    return sshError(
      'ssh_handshake',
      'closed_at_once',
      `${endpoint} closed the connection at once. It may have blocked this manager (fail2ban, MaxStartups, TCP wrappers), or it is not an SSH server.`,
      cause,
    );
  }
}
