import { createPostgresBackend, type PgPool, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';

import { type DatabaseConnection, driverOptions } from '../database/database-connection.js';
import type { JobPayload } from './job-queue.js';
import type { BullQueue, BullStore, BullWorker, WorkerSpecification } from './bull-job-queue.js';

/** The queue's tables live apart from the manager's. */
const SCHEMA = 'bullmq';
const EVENTS_KEPT = 100;
const { Queue, Worker } = withBackend(createPostgresBackend);

/**
 * BullMQ in PostgreSQL. Each worker has a small pool of its own, because it keeps one connection to be
 * notified on. Needs real sessions: a transaction-pooling proxy in between does not work.
 */
export class PostgresStore implements BullStore {
  readonly #connection: DatabaseConnection;
  readonly #onError: (error: Error) => void;
  readonly #pools: pg.Pool[] = [];
  readonly #producers: pg.Pool;

  private constructor(connection: DatabaseConnection, onError: (error: Error) => void) {
    this.#connection = connection;
    this.#onError = onError;
    this.#producers = this.#openPool(4, 'myx queue');
  }

  /**
   * Connects, and brings the queue's tables to the version this program needs.
   * @throws Error when the database does not answer or was used by a newer version
   */
  static async open(
    connection: DatabaseConnection,
    onError: (error: Error) => void,
  ): Promise<PostgresStore> {
    const store = new PostgresStore(connection, onError);
    try {
      const client = await store.#producers.connect();
      try {
        await runMigrations(client, SCHEMA);
      } finally {
        client.release();
      }
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  openQueue(name: string, onError: (error: Error) => void): BullQueue {
    const queue = new Queue<JobPayload, void>(name, {
      connection: forBull(this.#producers),
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    queue.on('error', onError);
    return queue;
  }

  openWorker({ name, run, options, onError, onFailed }: WorkerSpecification): BullWorker {
    const pool = this.#openPool(2 + Math.min(options.concurrency, 4), `myx worker ${name}`);
    const worker = new Worker<JobPayload, void>(name, (job) => run(job), {
      ...options,
      connection: forBull(pool),
    });
    worker.on('error', onError);
    worker.on('failed', onFailed);
    return worker;
  }

  async ping(): Promise<void> {
    await this.#producers.query('select 1');
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.splice(0).map((pool) => pool.end()));
  }

  #openPool(max: number, name: string): pg.Pool {
    const pool = new pg.Pool({
      ...driverOptions(this.#connection),
      options: `-c search_path=${SCHEMA}`,
      max,
      application_name: name,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    pool.on('error', this.#onError);
    // The pool listens only while a connection is idle. One that dies while it is lent out, between two queries,
    // would end the process; its borrower hears of it by the next query.
    pool.on('connect', (client) => client.on('error', () => undefined));
    this.#pools.push(pool);
    return pool;
  }
}

/** BullMQ describes the pool it needs in types of its own, which a real pool fulfils but overloads differently. */
function forBull(pool: pg.Pool): PgPool {
  return pool as unknown as PgPool;
}
