import type { Duplex } from 'node:stream';

/** How streams to a host are opened: directly, or through the jump host that it owns. */
export interface SshRoute {
  /** For people: the jump hosts, nearest to the target first; empty when dialled directly. */
  readonly via: readonly string[];
  /** Until the deadline of the connect that it belongs to. */
  open(endpoint: { readonly host: string; readonly port: number }): Promise<Duplex>;
  close(): Promise<void>;
}
