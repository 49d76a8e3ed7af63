import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages in the manager's log. Messages of the framework are data for us, as they vary. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Nest tells at info what it does at every start; that is detail here. */
  log(message: unknown, ...rest: unknown[]): void {
    this.#logger.debug(describe(message, rest), 'framework');
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#logger.error(describe(message, rest), 'framework error');
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#logger.warn(describe(message, rest), 'framework warning');
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#logger.debug(describe(message, rest), 'framework');
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#logger.trace(describe(message, rest), 'framework');
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#logger.fatal(describe(message, rest), 'framework error');
  }
}

/** Nest passes the context last, and for errors a stack before it. */
function describe(message: unknown, rest: readonly unknown[]): Record<string, unknown> {
  const context = rest.at(-1);
  const stack = rest.length > 1 ? rest[0] : undefined;
  return {
    ...(message instanceof Error ? { err: message } : { detail: message }),
    ...(typeof context === 'string' ? { context } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
  };
}
