import { createLogger } from '../platform/logging/index.js';
import type { Logger } from '../platform/logging/index.js';
import type { CliIo } from './cli-io.js';

/** Warnings and errors only, beside the result. */
export function cliLogger(io: CliIo): Logger {
  return createLogger({
    level: 'warn',
    format: 'pretty',
    colour: false,
    write: (line) => io.stderr.write(line),
  });
}
