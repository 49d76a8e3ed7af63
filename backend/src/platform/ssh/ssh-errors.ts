import { TransportError } from '../transport/transport-error.js';
import type { TransportErrorDetails } from '../transport/transport-error.js';
import type { HostKey } from './host-key.js';

/** Something failed between this machine and a program on a host behind SSH; see {@link TransportError}. */
export class SshError extends TransportError {}

/**
 * The host presented a key other than the pinned one. The connection was ended before authentication:
 * no user name, password or signature was sent. Either the host was reinstalled, or someone answers in
 * its place; only a person can tell, by comparing `seen` with the key on the host's own console.
 */
export class HostKeyChangedError extends SshError {
  /** The host as it was dialled, `host:port`. */
  readonly endpoint: string;
  /** The pinned fingerprint. */
  readonly expected: string;
  /** The fingerprint that was presented. */
  readonly seen: string;
  /** The presented key's algorithm. */
  readonly algorithm: string;

  constructor(endpoint: string, expected: string, seen: HostKey) {
    super({
      layer: 'host_key',
      code: 'host_key_changed',
      message: `${endpoint} presented an unknown host key (${seen.algorithm} ${seen.fingerprint}) instead of the pinned ${expected}. Nothing was sent. If the host was reinstalled, compare the new fingerprint on its console and accept it; otherwise someone may be answering in its place.`,
    });
    this.endpoint = endpoint;
    this.expected = expected;
    this.seen = seen.fingerprint;
    this.algorithm = seen.algorithm;
  }
}

/** A TransportError's details for an error that ssh2 or the operating system made, with its own words as cause. */
export function sshError(
  layer: TransportErrorDetails['layer'],
  code: string,
  message: string,
  cause?: unknown,
): SshError {
  return new SshError({ layer, code, message, cause });
}

/** Text from the other side as one printable line of at most 200 characters, for use in messages. */
export function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200);
}
