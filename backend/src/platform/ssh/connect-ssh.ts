import type { Client } from 'ssh2';
import { Deadline } from '../transport/deadline.js';
import { commonHostKeyTypes } from './algorithms.js';
import type { ReadyCredential } from './authentication.js';
import { dialTcp } from './dial.js';
import { handshake } from './handshake.js';
import type { HandshakeFacts } from './handshake.js';
import type { HostKey, HostKeyPolicy } from './host-key.js';
import { loadPrivateKey } from './private-key.js';
import { ServerHelloReader } from './server-hello.js';
import { SshConnection } from './ssh-connection.js';
import { HostKeyChangedError, SshError, sshError } from './ssh-errors.js';
import type { SshRoute } from './ssh-route.js';
import { endpointOf } from './ssh-target.js';
import type { SshAuthentication, SshHop, SshTarget } from './ssh-target.js';

const DEFAULT_READY_TIMEOUT_MS = 20_000;
/** More hops than this are a mistake, for example a host that is its own jump host. */
const MAX_HOPS = 4;

/**
 * Connects and logs in, through jump hosts where there are some. Every hop's host key is judged before
 * anything of that hop's login is sent; the key that was seen is {@link SshConnection.hostKey}.
 *
 * A pinned key is looked for among all key types that the host offers, so a pin does not fail because
 * the host also has a key of a type that is preferred.
 *
 * @throws HostKeyChangedError when a pinned key is not the host's, before authentication.
 * @throws SshError with the layer that failed; a jump host's failures have the layer `jump_host` and
 *   the original error as cause.
 * @throws the signal's reason when it aborts.
 */
export async function connectSsh(
  target: SshTarget,
  options: { readonly signal?: AbortSignal } = {},
): Promise<SshConnection> {
  using deadline = new Deadline(target.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS, options.signal);
  return await connectHop(target, deadline, 1);
}

async function connectHop(hop: SshHop, deadline: Deadline, depth: number): Promise<SshConnection> {
  const credential = await readyCredential(hop.auth, deadline);
  const route = await openRoute(hop.jumpHost, deadline, depth);
  try {
    const login = { username: hop.username, credential };
    const { client, hostKey, hello } = await shakeHands(hop, hop.hostKey, login, route, deadline);
    return new SshConnection({
      client,
      hostKey,
      banner: hello.banner ?? '',
      username: hop.username,
      endpoint: endpointOf(hop),
      route,
    });
  } catch (error) {
    await route.close();
    throw error;
  }
}

async function readyCredential(
  auth: SshAuthentication,
  deadline: Deadline,
): Promise<ReadyCredential> {
  if (auth.type === 'password') return auth;
  try {
    return {
      type: 'private_key',
      key: await loadPrivateKey(auth.privateKey, auth.passphrase, deadline.signal),
    };
  } catch (error) {
    if (!deadline.expired || error instanceof SshError) throw error;
    throw sshError(
      'authentication',
      'key_decryption_timed_out',
      'Decrypting the private key took too long.',
    );
  }
}

/** Connects to the jump host, if there is one, and gives the way from there. The caller closes it. */
export async function openRoute(
  jumpHost: SshHop | undefined,
  deadline: Deadline,
  depth: number,
): Promise<SshRoute> {
  if (!jumpHost) {
    return {
      via: [],
      open: (endpoint) => dialTcp(endpoint, deadline.signal, () => deadline.expired),
      close: () => Promise.resolve(),
    };
  }
  if (depth >= MAX_HOPS)
    throw sshError('jump_host', 'too_many_hops', `More than ${MAX_HOPS - 1} jump hosts in a row.`);
  const jump = await connectHop(jumpHost, deadline, depth + 1).catch((error: unknown) => {
    throw jumpHostError(jumpHost, error);
  });
  return {
    via: [endpointOf(jumpHost), ...jump.via],
    open: (endpoint) =>
      jump.forward(endpoint, deadline.signal).catch((error: unknown) => {
        throw deadline.expired ? forwardTimeout(jumpHost, endpoint) : error;
      }),
    close: () => jump.close(),
  };
}

function forwardTimeout(
  jumpHost: SshHop,
  to: { readonly host: string; readonly port: number },
): SshError {
  return sshError(
    'jump_host',
    'forwarding_timed_out',
    `The jump host ${endpointOf(jumpHost)} did not reach ${endpointOf(to)} in time. Check the address and the firewalls between the two.`,
  );
}

/** A changed host key stays what it is, so that it can be accepted for the jump host. */
function jumpHostError(jumpHost: SshHop, error: unknown): unknown {
  if (
    !(error instanceof SshError) ||
    error instanceof HostKeyChangedError ||
    error.layer === 'jump_host'
  )
    return error;
  return sshError(
    'jump_host',
    error.code,
    `The jump host ${endpointOf(jumpHost)} cannot be used. ${error.message}`,
    error,
  );
}

/**
 * Shakes hands on a fresh stream. When the key that the host presents is not the pinned one, asks for
 * its keys of other types, each on a stream of its own, before it is called changed.
 */
export async function shakeHands(
  endpoint: { readonly host: string; readonly port: number },
  policy: HostKeyPolicy,
  login: { readonly username: string; readonly credential: ReadyCredential } | undefined,
  route: SshRoute,
  deadline: Deadline,
): Promise<Handshaken> {
  const attempt = async (keyType: string | undefined): Promise<Handshaken | KeyRefused> => {
    const facts: HandshakeFacts = { hello: new ServerHelloReader() };
    const stream = await route.open(endpoint);
    const request = { endpoint: endpointOf(endpoint), policy, keyType, login };
    try {
      const client = await handshake(
        stream,
        request,
        facts,
        deadline.signal,
        () => deadline.expired,
      );
      if (!facts.hostKey)
        throw new Error('The SSH library finished a handshake without judging the host key.');
      return { client, hostKey: facts.hostKey, hello: facts.hello };
    } catch (error) {
      if (!(error instanceof HostKeyChangedError)) throw error;
      return {
        changed: error,
        offered: commonHostKeyTypes(facts.hello.hello?.hostKeyAlgorithms ?? []),
      };
    }
  };

  const first = await attempt('algorithm' in policy ? policy.algorithm : undefined);
  if (!('changed' in first)) return first;
  for (const keyType of first.offered) {
    if (keyType === first.changed.algorithm) continue;
    const other = await attempt(keyType);
    if (!('changed' in other)) return other;
  }
  throw first.changed;
}

/** A finished handshake. */
export interface Handshaken {
  readonly client: Client;
  readonly hostKey: HostKey;
  readonly hello: ServerHelloReader;
}

interface KeyRefused {
  readonly changed: HostKeyChangedError;
  readonly offered: readonly string[];
}
