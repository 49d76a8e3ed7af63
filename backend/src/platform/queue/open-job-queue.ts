import type { Logger } from 'pino';

import type { Secret } from '../crypto/secret.js';
import type { DatabaseConnection } from '../database/database-connection.js';
import { BullJobQueue, WORKER_TIMING, type WorkerTiming } from './bull-job-queue.js';
import { ErrorReporter } from './error-reporter.js';
import type { JobQueue } from './job-queue.js';
import { PostgresStore } from './postgres-store.js';
import { RedisStore } from './redis-store.js';

/** What {@link openJobQueue} is made from. */
export interface JobQueueSettings {
  /** Redis to use; without one the queue lives in the database. */
  readonly redisUrl?: Secret | undefined;
  readonly connection: DatabaseConnection;
  readonly logger: Logger;
  /** Other than usual timing, for tests. */
  readonly timing?: WorkerTiming;
}

/**
 * The job queue that the configuration asks for, connected.
 * @throws Error when its store does not answer
 */
export async function openJobQueue(settings: JobQueueSettings): Promise<JobQueue> {
  const { redisUrl, connection, logger, timing = WORKER_TIMING } = settings;
  const errors = new ErrorReporter(logger);
  const onError = (error: Error): void => {
    errors.report('connection', error);
  };
  const store =
    redisUrl === undefined
      ? await PostgresStore.open(connection, onError)
      : await RedisStore.open(redisUrl, onError);
  return new BullJobQueue(store, logger, timing);
}
