/**
 * Where on the way to a program on a host something failed, from the network up. A person looks for
 * the cause at the layer that is named.
 */
export type TransportLayer =
  | 'dns'
  | 'tcp'
  | 'ssh_handshake'
  | 'host_key'
  | 'authentication'
  | 'jump_host'
  | 'channel'
  | 'sftp'
  | 'sudo'
  | 'command'
  | 'file';

/** What a {@link TransportError} is made of. */
export interface TransportErrorDetails {
  readonly layer: TransportLayer;
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * A host could not be worked on. `layer` says where, `code` is stable for programs, `message` tells a
 * person what to do. None of them ever holds a password, key or passphrase.
 */
export class TransportError extends Error {
  readonly layer: TransportLayer;
  readonly code: string;

  constructor(details: TransportErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.layer = details.layer;
    this.code = details.code;
  }
}
