import type { Socket } from 'node:net';
import { log } from '../log.ts';
import type { AllowedAddresses } from './allowed-addresses.ts';

/** Times and counts that bound what a peer can hold. Milliseconds. */
export interface ConnectionLimits {
  readonly connections: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
}

/** Bounds of a production agent. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connections: 64,
  headersMs: 5000,
  requestMs: 30_000,
  idleMs: 75_000,
};

/** TLS handshakes must be over after this long, milliseconds. */
export const HANDSHAKE_MS = 5000;

/** Limits are kept to within this; seldom, because every wake of an idle process costs. Milliseconds. */
const SWEEP_MS = 2500;

interface Connection {
  /** The TCP connection. */
  readonly socket: Socket;
  /** TLS on it, once the handshake is over. Ending only what is below it ends nothing. */
  secure: Socket | undefined;
  /**
   * `handshake`: no client certificate was accepted yet. `waiting`: for a request. `receiving`: headers
   * are here, the body is not. `answering`: the answer, or a stream of events, is being written.
   */
  phase: 'handshake' | 'waiting' | 'receiving' | 'answering';
  since: number;
  /** Bytes received when the phase `waiting` began. */
  baseline: number;
  /** When bytes of the next request were first seen. */
  headersSince: number | undefined;
}

/**
 * Counts and watches the TCP connections of the agent, below TLS: at most a fixed number, only from
 * allowed addresses, none idle or half sent for ever. Peers without a client certificate can at most
 * displace each other: when the limit is reached the oldest unfinished handshake goes first.
 *
 * It is done here and not by options of the HTTP server because not every runtime honours those.
 */
export class Connections {
  readonly #connections = new Map<string, Connection>();
  readonly #allowed: AllowedAddresses;
  readonly #limits: ConnectionLimits;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(allowed: AllowedAddresses, limits: ConnectionLimits = CONNECTION_LIMITS) {
    this.#allowed = allowed;
    this.#limits = limits;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** Takes a new TCP connection, or ends it and answers false. */
  accept(socket: Socket): boolean {
    const key = keyOf(socket);
    if (key === undefined || !this.#allowed.has(socket.remoteAddress ?? '') || !this.#makeRoom()) {
      socket.destroy();
      return false;
    }
    const now = performance.now();
    const connection: Connection = {
      socket,
      secure: undefined,
      phase: 'handshake',
      since: now,
      baseline: 0,
      headersSince: undefined,
    };
    this.#connections.set(key, connection);
    socket.once('close', () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
      if (this.#connections.size === 0) this.#stopSweeping();
    });
    this.#sweeper ??= setInterval(() => {
      this.#sweep();
    }, SWEEP_MS);
    return true;
  }

  /** The peer's certificate was accepted. */
  secured(socket: Socket): void {
    const connection = this.#connections.get(keyOf(socket) ?? '');
    if (connection === undefined) {
      // Ended from this side while its handshake was being made.
      socket.destroy();
      return;
    }
    connection.secure = socket;
    this.#enter(socket, 'waiting');
    // The first request may have come with the end of the handshake.
    connection.baseline = 0;
  }

  /** A request's headers have arrived. */
  requestStarted(socket: Socket): void {
    this.#enter(socket, 'receiving');
  }

  /** A request's body has arrived, or is received with limits of its own. */
  requestReceived(socket: Socket): void {
    this.#enter(socket, 'answering');
  }

  /** The answer is written. */
  answered(socket: Socket): void {
    this.#enter(socket, 'waiting');
  }

  /** Ends all connections. */
  closeAll(): void {
    for (const connection of this.#connections.values()) end(connection);
    this.#stopSweeping();
  }

  #enter(socket: Socket, phase: Connection['phase']): void {
    const connection = this.#connections.get(keyOf(socket) ?? '');
    if (connection === undefined) return;
    connection.phase = phase;
    connection.since = performance.now();
    connection.baseline = bytesOf(connection);
    connection.headersSince = undefined;
  }

  #makeRoom(): boolean {
    if (this.#connections.size < this.#limits.connections) return true;
    for (const [key, connection] of this.#connections) {
      if (connection.phase !== 'handshake') continue;
      this.#connections.delete(key);
      end(connection);
      return true;
    }
    log('warn', 'connection refused: limit reached', { connections: this.#connections.size });
    return false;
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections.values()) {
      if (this.#isOverdue(connection, now)) end(connection);
    }
  }

  #isOverdue(connection: Connection, now: number): boolean {
    switch (connection.phase) {
      case 'handshake':
        return now - connection.since > HANDSHAKE_MS;
      case 'receiving':
        return now - connection.since > this.#limits.requestMs;
      case 'answering':
        return false;
      case 'waiting':
        if (bytesOf(connection) > connection.baseline) connection.headersSince ??= now;
        return connection.headersSince === undefined
          ? now - connection.since > this.#limits.idleMs
          : now - connection.headersSince > this.#limits.headersMs;
    }
  }

  #stopSweeping(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}

/** Bytes of requests received so far. */
function bytesOf({ secure }: Connection): number {
  return secure?.bytesRead ?? 0;
}

function end({ socket, secure }: Connection): void {
  secure?.destroy();
  socket.destroy();
}

/** The peer's end, which the TCP socket and the TLS socket on it tell alike. */
function keyOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort ?? 0}`;
}
