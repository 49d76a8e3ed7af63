import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';

import { type DatabaseConnection, driverOptions } from './database-connection.js';

/** PostgreSQL refuses payloads of 8000 bytes and more (NOTIFY in its manual). */
const LONGEST_PAYLOAD_BYTES = 7_999;
const BACKOFF_MS = { first: 100, last: 5_000 } as const;
/** A connection that is silently gone is noticed by asking; TCP alone may take hours. */
const PROBE_MS = 30_000;

/** Receives the payload of one notification. */
export type NotificationHandler = (payload: string) => void;

/** Called after the connection was lost and is back: notifications in between are lost for ever. */
export type GapHandler = () => void;

/**
 * Messages between managers over PostgreSQL's LISTEN and NOTIFY: to fan live events out and to wake who
 * waits. Delivery is at most once, in the order of commits; what must not be missed is read from tables after a gap.
 */
export class PgNotifier {
  readonly #connection: DatabaseConnection;
  readonly #logger: Logger;
  readonly #handlers = new Map<string, Set<NotificationHandler>>();
  readonly #gapHandlers = new Set<GapHandler>();
  readonly #closing = new AbortController();
  #client: pg.Client | undefined;
  #running: Promise<void> | undefined;

  constructor(connection: DatabaseConnection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  /**
   * Connects, and stays connected until closed.
   * @throws Error when the first connection fails
   */
  async start(): Promise<void> {
    const client = await this.#connect();
    this.#running = this.#stayConnected(client);
  }

  /** Calls `handler` for every notification on `channel`. The result ends that. */
  async listen(channel: string, handler: NotificationHandler): Promise<() => void> {
    const handlers = this.#handlers.get(channel);
    if (handlers === undefined) {
      this.#handlers.set(channel, new Set([handler]));
      // Without a connection there is nothing to say yet: reconnecting listens to all channels.
      await this.#client?.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } else {
      handlers.add(handler);
    }
    return () => {
      this.#handlers.get(channel)?.delete(handler);
    };
  }

  /** Calls `handler` whenever notifications may have been missed. The result ends that. */
  onGap(handler: GapHandler): () => void {
    this.#gapHandlers.add(handler);
    return () => {
      this.#gapHandlers.delete(handler);
    };
  }

  /**
   * Sends a notification to all managers, this one included, when the manager's transaction commits (at
   * once outside of one). Equal ones in one transaction arrive once.
   * @throws Error when the payload is too long
   */
  async notify(manager: EntityManager, channel: string, payload: string): Promise<void> {
    const size = Buffer.byteLength(payload);
    if (size > LONGEST_PAYLOAD_BYTES) {
      throw new Error(`a notification holds ${LONGEST_PAYLOAD_BYTES} bytes at most, not ${size}`);
    }
    await manager.query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client?.end();
    await this.#running;
  }

  async #stayConnected(first: pg.Client): Promise<void> {
    let client: pg.Client | undefined = first;
    while (!this.#closing.signal.aborted) {
      if (client !== undefined) await this.#untilLost(client);
      this.#client = undefined;
      client = await this.#reconnect();
    }
  }

  /** Ends when the connection does. */
  async #untilLost(client: pg.Client): Promise<void> {
    const probe = setInterval(() => {
      client.query('SELECT 1').catch(() => {
        // Told by the end of the connection as well; ending it here makes sure of that.
        void client.end();
      });
    }, PROBE_MS);
    try {
      await new Promise<void>((resolve) => {
        client.once('end', resolve);
      });
    } finally {
      clearInterval(probe);
    }
  }

  async #reconnect(): Promise<pg.Client | undefined> {
    const { signal } = this.#closing;
    if (!signal.aborted) this.#logger.warn('lost the connection for notifications');
    for (let wait: number = BACKOFF_MS.first; ; wait = Math.min(wait * 2, BACKOFF_MS.last)) {
      try {
        await pause(wait, undefined, { signal });
        const client = await this.#connect();
        if (signal.aborted) {
          // Closed while it came about: nobody else ends it.
          await client.end();
          return undefined;
        }
        this.#logger.info('the connection for notifications is back');
        for (const handler of this.#gapHandlers) this.#protect(handler);
        return client;
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#logger.debug({ err: error, wait_ms: wait }, 'no connection for notifications yet');
      }
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...driverOptions(this.#connection),
      application_name: 'myx notifications',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    });
    client.on('error', (error) => {
      this.#logger.debug({ err: error }, 'connection for notifications failed');
    });
    client.on('notification', ({ channel, payload }) => {
      for (const handler of this.#handlers.get(channel) ?? []) {
        this.#protect(() => {
          handler(payload ?? '');
        });
      }
    });
    await client.connect();
    try {
      for (const channel of this.#handlers.keys()) {
        await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      }
    } catch (error) {
      await client.end();
      throw error;
    }
    this.#client = client;
    return client;
  }

  /** One handler's mistake must not keep the others from hearing. */
  #protect(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#logger.error({ err: error }, 'a handler of notifications failed');
    }
  }
}
