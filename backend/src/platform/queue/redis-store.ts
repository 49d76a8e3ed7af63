import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';

import type { Secret } from '../crypto/secret.js';
import type { BullQueue, BullStore, BullWorker, WorkerSpecification } from './bull-job-queue.js';
import type { JobPayload } from './job-queue.js';

const PREFIX = 'myx';
const EVENTS_KEPT = 100;
const CONNECT_PATIENCE_MS = 5_000;
const DISCONNECT_PATIENCE_MS = 500;
const LONGEST_RECONNECT_MS = 5_000;

/** BullMQ in Redis. Its content is disposable: what must not be lost is in PostgreSQL. */
export class RedisStore implements BullStore {
  readonly #url: string;
  readonly #onError: (error: Error) => void;
  readonly #connections: Redis[] = [];
  readonly #producer: Redis;

  private constructor(url: Secret, onError: (error: Error) => void) {
    this.#url = url.reveal().replace(/^unix:\/\//, '');
    this.#onError = onError;
    // A request must hear at once that Redis is away, not wait in a line for its return.
    this.#producer = this.#connect({ enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  }

  /**
   * Connects.
   * @throws Error when Redis does not answer within 5 s or refuses the credentials
   */
  static async open(url: Secret, onError: (error: Error) => void): Promise<RedisStore> {
    let last: Error | undefined;
    const store = new RedisStore(url, (error) => {
      last = error;
      onError(error);
    });
    try {
      await store.#ready();
      return store;
    } catch {
      await store.close();
      // The event tells more than the wait that ended: refused, unknown host, wrong password.
      throw new Error(`Redis does not answer: ${last?.message ?? 'no connection'}`, {
        cause: last,
      });
    }
  }

  openQueue(name: string, onError: (error: Error) => void): BullQueue {
    const queue = new Queue<JobPayload, void>(name, {
      connection: this.#producer,
      prefix: PREFIX,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    queue.on('error', onError);
    return queue;
  }

  openWorker({ name, run, options, onError, onFailed }: WorkerSpecification): BullWorker {
    // Workers wait for Redis to return, however long that takes; BullMQ requires this setting.
    const connection = this.#connect({ maxRetriesPerRequest: null });
    const worker = new Worker<JobPayload, void>(name, (job) => run(job), {
      ...options,
      connection,
      prefix: PREFIX,
    });
    worker.on('error', onError);
    worker.on('failed', onFailed);
    return worker;
  }

  async ping(): Promise<void> {
    await this.#producer.ping();
  }

  close(): Promise<void> {
    for (const connection of this.#connections.splice(0)) connection.disconnect();
    return Promise.resolve();
  }

  #connect(options: RedisOptions): Redis {
    const connection = new Redis(this.#url, {
      ...options,
      connectTimeout: CONNECT_PATIENCE_MS,
      disconnectTimeout: DISCONNECT_PATIENCE_MS,
      retryStrategy: (attempt) => Math.min(attempt * 200, LONGEST_RECONNECT_MS),
    });
    connection.on('error', this.#onError);
    this.#connections.push(connection);
    return connection;
  }

  #ready(): Promise<void> {
    if (this.#producer.status === 'ready') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error('no answer'));
      }, CONNECT_PATIENCE_MS);
      this.#producer.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
