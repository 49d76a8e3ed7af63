import type { Logger } from 'pino';
import type { Logger as TypeOrmLogger } from 'typeorm';

/**
 * TypeORM's messages in the manager's log. Statements are logged, their parameters never: those carry
 * hashes, ciphertexts and people's input. Failing statements are a debug message because the error itself travels to whoever
 * asked.
 */
export class QueryLogger implements TypeOrmLogger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  logQuery(query: string): void {
    this.#logger.trace({ query }, 'database query');
  }

  logQueryError(error: string | Error, query: string): void {
    const message = typeof error === 'string' ? error : error.message;
    this.#logger.debug({ query, problem: message }, 'database query failed');
  }

  logQuerySlow(time: number, query: string): void {
    this.#logger.warn({ query, duration_ms: time }, 'slow database query');
  }

  logSchemaBuild(message: string): void {
    this.#logger.debug({ detail: message }, 'database schema');
  }

  logMigration(message: string): void {
    this.#logger.info({ detail: message }, 'database migration');
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    const write = level === 'warn' ? this.#logger.warn : this.#logger.debug;
    write.call(this.#logger, { detail: String(message) }, 'database');
  }
}
