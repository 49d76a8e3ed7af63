import { Deadline } from '../transport/deadline.js';
import { TransportError } from '../transport/transport-error.js';
import type { TransportLayer } from '../transport/transport-error.js';
import { openRoute, shakeHands } from './connect-ssh.js';
import type { HostKey } from './host-key.js';
import type { SshHop } from './ssh-target.js';

const DEFAULT_PROBE_TIMEOUT_MS = 10_000;

/** What to look at. */
export interface SshProbeRequest {
  readonly host: string;
  readonly port: number;
  readonly jumpHost?: SshHop;
  /** The deadline of the whole probe in milliseconds, 10,000 unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What was seen. */
export type SshProbe =
  | {
      readonly reachable: true;
      readonly hostKey: HostKey;
      /** All algorithms of host keys that the host offers. */
      readonly hostKeyAlgorithms: readonly string[];
      /** The host's identification line. */
      readonly banner: string;
    }
  | {
      readonly reachable: false;
      readonly layer: TransportLayer;
      readonly code: string;
      readonly message: string;
    };

/**
 * Looks who answers at an address: proves that it holds the host key it shows, and leaves. Sends
 * neither a user name nor a credential to the probed host. An unreachable host is an answer, not an error.
 *
 * @throws the signal's reason when it aborts; HostKeyChangedError for the jump host.
 */
export async function probeSsh(request: SshProbeRequest): Promise<SshProbe> {
  using deadline = new Deadline(request.timeoutMs ?? DEFAULT_PROBE_TIMEOUT_MS, request.signal);
  try {
    return await look(request, deadline);
  } catch (error) {
    if (!(error instanceof TransportError) || error.layer === 'host_key') throw error;
    return { reachable: false, layer: error.layer, code: error.code, message: error.message };
  }
}

async function look(request: SshProbeRequest, deadline: Deadline): Promise<SshProbe> {
  const route = await openRoute(request.jumpHost, deadline, 1);
  try {
    const { client, hostKey, hello } = await shakeHands(
      request,
      { accept: 'first_seen' },
      undefined,
      route,
      deadline,
    );
    client.destroy();
    return {
      reachable: true,
      hostKey,
      hostKeyAlgorithms: hello.hello?.hostKeyAlgorithms ?? [],
      banner: hello.banner ?? '',
    };
  } finally {
    await route.close();
  }
}
