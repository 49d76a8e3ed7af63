import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Where a proxy listens, where it leads, and how far away that seems. */
export interface DelayProxyOptions {
  readonly listen?: { readonly host?: string; readonly port?: number };
  readonly target: { readonly host: string; readonly port: number };
  /** In each direction, milliseconds: a round trip takes twice as long. */
  readonly delayMs: number;
}

/**
 * A TCP proxy that makes a host seem far away: every byte arrives `delayMs` later, in order, at any rate.
 * The first bytes of a connection wait for the round trip that its handshake would take.
 */
export class DelayProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Starts one; on a free port of the loopback address unless told otherwise. */
  static async start({ listen, target, delayMs }: DelayProxyOptions): Promise<DelayProxy> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...target, allowHalfOpen: true });
      for (const socket of [near, far]) {
        socket.setNoDelay(true);
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        // A broken connection breaks on both sides.
        socket.on('error', () => {
          near.destroy();
          far.destroy();
        });
      }
      const handshake = Date.now() + 2 * delayMs;
      carry(near, far, () => Math.max(delayMs, handshake + delayMs - Date.now()));
      carry(far, near, () => delayMs);
    });
    server.listen(listen?.port ?? 0, listen?.host ?? '127.0.0.1');
    await once(server, 'listening');
    return new DelayProxy(server, sockets);
  }

  /** Breaks its connections and stops listening. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Hands bytes on after a pause, never one before another. */
function carry(from: Socket, to: Socket, pauseMs: () => number): void {
  const waiting: { readonly due: number; readonly action: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  // One timer for the head of the line: timers of different lengths may fire in another order.
  const pump = (): void => {
    timer = undefined;
    while (waiting[0] !== undefined && waiting[0].due <= Date.now()) waiting.shift()?.action();
    const [head] = waiting;
    if (head !== undefined) timer = setTimeout(pump, Math.max(1, head.due - Date.now()));
  };
  const later = (action: () => void): void => {
    waiting.push({ due: Date.now() + pauseMs(), action });
    timer ??= setTimeout(pump, pauseMs());
  };
  from.on('data', (bytes: Buffer) => {
    later(() => {
      if (!to.destroyed) to.write(bytes);
    });
  });
  from.on('end', () => {
    later(() => {
      if (!to.destroyed) to.end();
    });
  });
}
