import type { HostKeyPolicy } from './host-key.js';

/** How a login proves who it is. A password also answers a keyboard-interactive prompt for one. */
export type SshAuthentication =
  | { readonly type: 'password'; readonly password: string }
  | { readonly type: 'private_key'; readonly privateKey: string; readonly passphrase?: string };

/** A host and a login on it. */
export interface SshHop {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly auth: SshAuthentication;
  readonly hostKey: HostKeyPolicy;
  /** The host through which this one is reached; its own host key is verified as well. */
  readonly jumpHost?: SshHop;
}

/** A host to connect to. */
export interface SshTarget extends SshHop {
  /** Answers sudo when it asks for a password. */
  readonly sudoPassword?: string;
  /** The deadline in milliseconds of everything up to the login, jump hosts included; 20,000 unless told. */
  readonly readyTimeoutMs?: number;
}

/** `host:port`, with an IPv6 address in brackets. */
export function endpointOf(hop: { readonly host: string; readonly port: number }): string {
  return hop.host.includes(':')
    ? `[${hop.host}]:${String(hop.port)}`
    : `${hop.host}:${String(hop.port)}`;
}
