import { type Job, type JobsOptions, type Queue, UnrecoverableError, type Worker } from 'bullmq';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';

import { ErrorReporter } from './error-reporter.js';
import {
  type EnqueueOptions,
  type JobCounts,
  type JobHandler,
  JobPayload,
  JobQueue,
  type ProcessOptions,
  QueueUnavailableError,
  UnrecoverableJobError,
} from './job-queue.js';

/** How long a caller waits for the queue's store before hearing that it is away. */
const ANSWER_PATIENCE_MS = 10_000;
const GRACE_MS = 20_000;
/** After how long a worker looks again when its store failed. BullMQ waits for 15 s unless told otherwise. */
const RETRY_STORE_MS = 1_000;
/** A crash of the manager while a job runs; a job that causes ten is given up. */
const MOST_CRASHES = 10;

/** Timing of the detection of dead workers. */
export interface WorkerTiming {
  /** How long a worker holds a job without renewing, in milliseconds. */
  readonly lockMs: number;
  /** How often jobs of dead workers are looked for, in milliseconds. */
  readonly stalledCheckMs: number;
}

/** A job whose worker died runs again after the lock and two checks: 25 s. */
export const WORKER_TIMING: WorkerTiming = { lockMs: 15_000, stalledCheckMs: 5_000 };

/** The part of BullMQ's queue that is used here, whatever stores it. */
export type BullQueue = Pick<
  Queue<JobPayload, void>,
  'add' | 'addBulk' | 'upsertJobScheduler' | 'pause' | 'resume' | 'getJobCounts' | 'close'
>;
/** The part of BullMQ's worker that is used here. */
export type BullWorker = Pick<Worker<JobPayload, void>, 'close'>;

/** What a worker is made from. */
export interface WorkerSpecification {
  readonly name: string;
  readonly run: (job: Job<JobPayload, void>) => Promise<void>;
  readonly options: {
    readonly concurrency: number;
    readonly lockDuration: number;
    readonly stalledInterval: number;
    readonly maxStalledCount: number;
    readonly runRetryDelay: number;
  };
  readonly onError: (error: Error) => void;
  readonly onFailed: (job: Job<JobPayload, void> | undefined, error: Error) => void;
}

/** Makes BullMQ's parts over one kind of store, and owns their connections. */
export interface BullStore {
  openQueue(name: string, onError: (error: Error) => void): BullQueue;
  openWorker(specification: WorkerSpecification): BullWorker;
  ping(): Promise<void>;
  /** Ends all connections; queues and workers are closed by then. */
  close(): Promise<void>;
}

/** The job queue on BullMQ, over PostgreSQL or Redis. */
export class BullJobQueue extends JobQueue {
  readonly #store: BullStore;
  readonly #logger: Logger;
  readonly #timing: WorkerTiming;
  readonly #errors: ErrorReporter;
  readonly #queues = new Map<string, BullQueue>();
  readonly #workers = new Map<string, BullWorker>();
  readonly #closing = new AbortController();

  constructor(store: BullStore, logger: Logger, timing: WorkerTiming = WORKER_TIMING) {
    super();
    this.#store = store;
    this.#logger = logger;
    this.#timing = timing;
    this.#errors = new ErrorReporter(logger);
  }

  async enqueue(name: string, payload: JobPayload, options: EnqueueOptions = {}): Promise<void> {
    const data = JobPayload.parse(payload);
    await this.#answer(this.#queue(name).add(name, data, jobOptions(data, options)));
  }

  async enqueueAll(
    name: string,
    payloads: readonly JobPayload[],
    options: EnqueueOptions = {},
  ): Promise<void> {
    if (payloads.length === 0) return;
    const jobs = payloads.map((payload) => {
      const data = JobPayload.parse(payload);
      return { name, data, opts: jobOptions(data, options) };
    });
    await this.#answer(this.#queue(name).addBulk(jobs));
  }

  process(name: string, handler: JobHandler, { concurrency }: ProcessOptions): void {
    if (this.#workers.has(name)) throw new Error(`jobs named ${name} have a handler already`);
    const worker = this.#store.openWorker({
      name,
      run: (job) => this.#run(job, handler),
      options: {
        concurrency,
        lockDuration: this.#timing.lockMs,
        stalledInterval: this.#timing.stalledCheckMs,
        maxStalledCount: MOST_CRASHES,
        runRetryDelay: RETRY_STORE_MS,
      },
      onError: (error) => {
        this.#errors.report(name, error);
      },
      onFailed: (job, error) => {
        this.#logger.warn(
          { job: name, id: job?.data.id, attempt: job?.attemptsMade, err: error },
          'job failed',
        );
      },
    });
    this.#workers.set(name, worker);
  }

  async every(name: string, intervalMs: number): Promise<void> {
    const template = {
      name,
      data: { id: name },
      opts: { removeOnComplete: true, removeOnFail: true },
    };
    await this.#answer(
      this.#queue(name).upsertJobScheduler(`every-${name}`, { every: intervalMs }, template),
    );
  }

  async pause(name: string): Promise<void> {
    await this.#answer(this.#queue(name).pause());
  }

  async resume(name: string): Promise<void> {
    await this.#answer(this.#queue(name).resume());
  }

  async counts(name: string): Promise<JobCounts> {
    const counts = await this.#answer(
      this.#queue(name).getJobCounts('waiting', 'active', 'delayed'),
    );
    return {
      waiting: counts.waiting ?? 0,
      active: counts.active ?? 0,
      delayed: counts.delayed ?? 0,
    };
  }

  async ping(): Promise<void> {
    await this.#answer(this.#store.ping());
  }

  async close(graceMs = GRACE_MS): Promise<void> {
    this.#closing.abort(new Error('the manager is shutting down'));
    const workers = [...this.#workers.values()];
    const ended = Promise.all(workers.map((worker) => worker.close()));
    const timer = new AbortController();
    const overdue = pause(graceMs, 'overdue', { signal: timer.signal }).catch(() => 'ended');
    if ((await Promise.race([ended, overdue])) === 'overdue') {
      this.#logger.warn(
        { grace_ms: graceMs },
        'jobs still run; another worker will run them again',
      );
    }
    timer.abort();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#store.close();
  }

  /** A payload that is not ours is refused for good: there is no record behind it. */
  async #run(job: Job<JobPayload, void>, handler: JobHandler): Promise<void> {
    const payload = JobPayload.safeParse(job.data);
    if (!payload.success)
      throw new UnrecoverableError(`a job named ${job.name} has no valid payload`);
    try {
      await handler(payload.data.id, {
        attempt: job.attemptsMade + 1,
        signal: this.#closing.signal,
      });
    } catch (error) {
      if (error instanceof UnrecoverableJobError) throw new UnrecoverableError(error.message);
      throw error;
    }
  }

  #queue(name: string): BullQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = this.#store.openQueue(name, (error) => {
        this.#errors.report(name, error);
      });
      this.#queues.set(name, queue);
    }
    return queue;
  }

  async #answer<T>(work: Promise<T>): Promise<T> {
    const timer = new AbortController();
    const overdue = pause(ANSWER_PATIENCE_MS, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`no answer within ${ANSWER_PATIENCE_MS} ms`);
    });
    try {
      return await Promise.race([work, overdue]);
    } catch (error) {
      throw new QueueUnavailableError(
        `the job queue is not available: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    } finally {
      timer.abort();
      // The race is decided; what the loser says no longer matters.
      overdue.catch(() => undefined);
      work.catch(() => undefined);
    }
  }
}

function jobOptions({ id }: JobPayload, options: EnqueueOptions): JobsOptions {
  return {
    deduplication: { id, keepLastIfActive: true },
    delay: options.delayMs ?? 0,
    attempts: options.attempts ?? 5,
    backoff: { type: 'exponential', delay: options.retryDelayMs ?? 1000 },
    removeOnComplete: true,
    removeOnFail: true,
  };
}
