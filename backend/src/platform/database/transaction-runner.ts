import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';

/** PostgreSQL ended the transaction for the sake of another one; the same work can succeed next time (appendix A). */
const TRANSIENT = new Set(['40001', '40P01']);
const ATTEMPTS = 5;
/** The longest pause before the first repetition; doubles with each further one. */
const PAUSE_MS = 25;

/** Called when a transaction has committed. */
export type AfterCommit = () => Promise<unknown>;

/** What happens inside one transaction. */
export interface Transaction {
  /** The only way to the database inside the transaction; pass it to the repositories. */
  readonly manager: EntityManager;
  /**
   * Registers something that must not happen unless the transaction commits, such as putting a job into
   * the queue. A failure is logged and does not undo the commit: the committed row has to be enough to find the
   * work again.
   */
  afterCommit(action: AfterCommit): void;
}

/**
 * Runs work in transactions, so that services decide what belongs together without seeing SQL. The work touches
 * nothing but the database: after a deadlock or a serialisation failure it runs again after a short random pause,
 * five times in all at most.
 */
export class TransactionRunner {
  readonly #dataSource: DataSource;
  readonly #logger: Logger;

  constructor(dataSource: DataSource, logger: Logger) {
    this.#dataSource = dataSource;
    this.#logger = logger;
  }

  /** Commits what `work` did and gives its result; rolls back when it throws, and throws the same. */
  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const actions: AfterCommit[] = [];
      try {
        const result = await this.#dataSource.transaction((manager) =>
          work({ manager, afterCommit: (action) => void actions.push(action) }),
        );
        await this.#perform(actions);
        return result;
      } catch (error) {
        if (attempt >= ATTEMPTS || !isTransient(error)) throw error;
        this.#logger.debug({ attempt }, 'repeating a transaction that lost against another one');
        // Who repeats at once takes the free lock before the winner has woken up, and both meet again.
        await pause(randomInt(1, PAUSE_MS * 2 ** (attempt - 1)));
      }
    }
  }

  async #perform(actions: readonly AfterCommit[]): Promise<void> {
    for (const action of actions) {
      try {
        await action();
      } catch (error) {
        // The transaction is committed: telling the caller that it failed would be wrong.
        this.#logger.error({ err: error }, 'work after a committed transaction failed');
      }
    }
  }
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: unknown };
  return typeof code === 'string' && TRANSIENT.has(code);
}
