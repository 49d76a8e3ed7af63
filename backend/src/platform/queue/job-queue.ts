import { z } from 'zod';

/**
 * What a job carries: which record to work on, and nothing else. The handler reads the record itself, so a
 * forged or repeated job can do nothing that the record does not allow.
 */
export const JobPayload = z.strictObject({ id: z.string().min(1).max(200) });
export type JobPayload = z.infer<typeof JobPayload>;

/** Fails a job for good: trying again would not help. Every other error is tried again. */
export class UnrecoverableJobError extends Error {
  override readonly name = 'UnrecoverableJobError';
}

/** The queue cannot take jobs now: its PostgreSQL or Redis does not answer. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError';
}

/** What a handler is told besides the id. */
export interface JobContext {
  /** 1 for the first time. A run cut short by a crash does not count. */
  readonly attempt: number;
  /** Aborted when the manager shuts down: stop at the next safe point, by throwing. */
  readonly signal: AbortSignal;
}

/** Works on one record. May run again for the same record, also after it succeeded. */
export type JobHandler = (id: string, context: JobContext) => Promise<void>;

/** How one job is to be run. */
export interface EnqueueOptions {
  /** Not before this many milliseconds from now; 0 unless told otherwise. */
  readonly delayMs?: number;
  /** Runs at most; 5 unless told otherwise. */
  readonly attempts?: number;
  /** Pause before the second run in milliseconds, doubled for each further one; 1000 unless told otherwise. */
  readonly retryDelayMs?: number;
}

/** How the jobs of one name are worked on. */
export interface ProcessOptions {
  /** Jobs at the same time in this process. */
  readonly concurrency: number;
}

/** How many jobs of one name are where. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

/**
 * Background jobs, at least once: a job survives the death of any process, and a job whose worker died runs again
 * within half a minute. It is never the judge of "only once"; records are.
 */
export abstract class JobQueue {
  /**
   * Adds a job. While one with the same name and id waits, nothing is added; while one runs, a single
   * further run is remembered and follows it.
   * @throws QueueUnavailableError when the queue cannot be reached
   */
  abstract enqueue(name: string, payload: JobPayload, options?: EnqueueOptions): Promise<void>;

  /** Adds many jobs in one round trip, each like {@link JobQueue.enqueue}. */
  abstract enqueueAll(
    name: string,
    payloads: readonly JobPayload[],
    options?: EnqueueOptions,
  ): Promise<void>;

  /** Starts working on the jobs of a name. Each name has one handler in a process. */
  abstract process(name: string, handler: JobHandler, options: ProcessOptions): void;

  /**
   * Adds a job every `intervalMs`, once for all managers together; its id is the name. Calling again
   * changes the interval.
   */
  abstract every(name: string, intervalMs: number): Promise<void>;

  /** Stops handing out jobs of a name in all processes; running ones end. */
  abstract pause(name: string): Promise<void>;

  /** Ends {@link JobQueue.pause}. */
  abstract resume(name: string): Promise<void>;

  /** How many jobs of a name there are. */
  abstract counts(name: string): Promise<JobCounts>;

  /**
   * Asks the queue's store whether it answers, for the readiness probe.
   * @throws QueueUnavailableError when it does not
   */
  abstract ping(): Promise<void>;

  /**
   * Aborts the signal of running jobs and waits for them, `graceMs` (20 s unless told otherwise) at most;
   * what still runs then is left to another worker.
   */
  abstract close(graceMs?: number): Promise<void>;
}
