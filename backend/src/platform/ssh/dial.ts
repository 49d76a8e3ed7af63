import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { abortReason } from '../transport/deadline.js';
import { endpointOf } from './ssh-target.js';
import { sshError } from './ssh-errors.js';
import type { SshError } from './ssh-errors.js';

/** How long one address of a name may take before the next one is tried as well. */
const NEXT_ADDRESS_AFTER_MS = 2000;

/**
 * Opens a TCP connection. Looks the name up once and tries its addresses in turn.
 *
 * @throws SshError of layer `dns` (`name_not_found`, `dns_failed`) or `tcp` (`connection_refused`,
 *   `host_unreachable`, `tcp_timed_out`, `connection_reset`, `tcp_failed`), also when the signal aborts
 *   because its time is over; otherwise the signal's reason.
 */
export async function dialTcp(
  endpoint: { readonly host: string; readonly port: number },
  signal: AbortSignal,
  timedOut: () => boolean,
): Promise<Socket> {
  signal.throwIfAborted();
  let lookedUp = isIP(endpoint.host) !== 0;
  const socket = connect({
    host: endpoint.host,
    port: endpoint.port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    noDelay: true,
  });
  // A socket without a listener would end the process; errors are reported by whoever uses it.
  socket.on('error', () => undefined);
  socket.once('lookup', () => {
    lookedUp = true;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error: NodeJS.ErrnoException) => {
        reject(dialError(endpointOf(endpoint), endpoint.host, error));
      });
      signal.addEventListener(
        'abort',
        () => {
          reject(
            timedOut()
              ? timeoutError(endpointOf(endpoint), endpoint.host, lookedUp)
              : abortReason(signal),
          );
        },
        { once: true },
      );
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

function timeoutError(endpoint: string, host: string, lookedUp: boolean): SshError {
  return lookedUp
    ? sshError(
        'tcp',
        'tcp_timed_out',
        `${endpoint} does not answer. The host is down, its address is wrong, or a firewall drops the connection.`,
      )
    : sshError(
        'dns',
        'dns_timed_out',
        `The name ${host} could not be looked up in time. Check the DNS resolver.`,
      );
}

function dialError(endpoint: string, host: string, error: NodeJS.ErrnoException): SshError {
  switch (error.code) {
    case 'ENOTFOUND':
      return sshError(
        'dns',
        'name_not_found',
        `The name ${host} does not exist. Check its spelling.`,
        error,
      );
    case 'EAI_AGAIN':
      return sshError(
        'dns',
        'dns_failed',
        `The name ${host} could not be looked up. Check the DNS resolver.`,
        error,
      );
    case 'ECONNREFUSED':
      return sshError(
        'tcp',
        'connection_refused',
        `${endpoint} refuses the connection: nothing listens there. Check the port and that sshd runs.`,
        error,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return sshError(
        'tcp',
        'host_unreachable',
        `There is no way to ${endpoint} (${error.code}). Check the address, the network and firewalls.`,
        error,
      );
    case 'ETIMEDOUT':
      return timeoutError(endpoint, host, true);
    case 'ECONNRESET':
      return sshError(
        'tcp',
        'connection_reset',
        `${endpoint} reset the connection. A firewall may do so.`,
        error,
      );
    default:
      return sshError(
        'tcp',
        'tcp_failed',
        `${endpoint} cannot be reached (${error.code ?? error.message}).`,
        error,
      );
  }
}
