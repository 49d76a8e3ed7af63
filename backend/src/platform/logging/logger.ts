import { type Bindings, type ChildLoggerOptions, type Logger, pino, stdTimeFunctions } from 'pino';

import { prettyLine } from './pretty.js';
import { redact } from './redaction.js';

/** A structured logger: `logger.info({ server_id }, 'server added')`, a fixed message and data beside it. */
export type { Logger } from 'pino';

/** What {@link createLogger} is made from: the configuration's `log.*`, and where lines go. */
export interface LoggerSettings {
  readonly level: string;
  /** `json` for machines, `pretty` for a terminal. */
  readonly format: 'json' | 'pretty';
  /** Receives whole lines; standard output unless told otherwise. */
  readonly write?: (line: string) => void;
  /** Whether the terminal shows colours; only for `pretty`. */
  readonly colour?: boolean;
  /** Added to every line, such as the id of the request being served. */
  readonly context?: () => Readonly<Record<string, unknown>>;
}

/**
 * The manager's logger. Secrets are replaced before anything is written, in data and in the bindings of
 * child loggers, by the names of their fields; errors keep their chain of causes.
 */
export function createLogger(settings: LoggerSettings): Logger {
  const write = settings.write ?? ((line: string): void => void process.stdout.write(line));
  const { colour = process.stdout.isTTY } = settings;
  const destination =
    settings.format === 'json'
      ? { write }
      : {
          write: (line: string): void => {
            write(prettyLine(line, colour));
          },
        };
  const logger = pino(
    {
      level: settings.level,
      timestamp: stdTimeFunctions.isoTime,
      mixin: () => ({ ...settings.context?.() }),
      formatters: {
        level: (label) => ({ level: label }),
        log: redactObject,
      },
      // Errors are described by the redaction, before pino would look at them.
      serializers: { err: (error: unknown) => error },
    },
    destination,
  );
  redactChildren(logger);
  return logger;
}

type MakeChild = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger;

/** pino writes the bindings of children without its formatters; children inherit what is set here. */
function redactChildren(logger: Logger): void {
  const makeChild = Reflect.get(logger, 'child') as unknown as MakeChild;
  const value: MakeChild = function (bindings, options) {
    return makeChild.call(this, redactObject(bindings), options);
  };
  Object.defineProperty(logger, 'child', { value });
}

function redactObject(object: Record<string, unknown>): Record<string, unknown> {
  return redact(object) as Record<string, unknown>;
}
