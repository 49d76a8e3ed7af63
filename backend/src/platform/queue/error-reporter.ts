import type { Logger } from 'pino';

const QUIET_MS = 30_000;

/**
 * Connection errors of the queue in the log, without a flood: while a store is away every worker fails
 * many times a second, and one line every half minute says as much.
 */
export class ErrorReporter {
  readonly #logger: Logger;
  readonly #now: () => number;
  #quietUntil = 0;
  #suppressed = 0;

  constructor(logger: Logger, now: () => number = Date.now) {
    this.#logger = logger;
    this.#now = now;
  }

  /** Logs the error, or counts it when one was logged less than half a minute ago. */
  report(queue: string, error: Error): void {
    if (this.#now() < this.#quietUntil) {
      this.#suppressed += 1;
      return;
    }
    this.#logger.warn(
      { queue, err: error, suppressed: this.#suppressed },
      'the job queue has a problem',
    );
    this.#suppressed = 0;
    this.#quietUntil = this.#now() + QUIET_MS;
  }
}
