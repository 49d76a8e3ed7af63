import { z } from 'zod';

/** The parts of a log line that have a place of their own. */
const LogLine = z.looseObject({
  time: z.string(),
  level: z.string(),
  msg: z.string().optional(),
  err: z.looseObject({ message: z.string().optional(), stack: z.string().optional() }).optional(),
});

/** Whoever looks at the terminal knows the machine and the process. */
const UNINTERESTING = new Set(['pid', 'hostname']);

const COLOURS: Readonly<Record<string, string>> = {
  trace: '90',
  debug: '36',
  info: '32',
  warn: '33',
  error: '31',
  fatal: '35',
};

/**
 * One JSON log line as a person reads it: time, level, message, the data as `name=value`, and an error's
 * stack below. Control characters, which could redraw a terminal, are escaped. A line that is not ours stays as it
 * is.
 */
export function prettyLine(line: string, colour: boolean): string {
  const parsed = LogLine.safeParse(tryJson(line));
  if (!parsed.success) return `${escapeControl(line.trimEnd())}\n`;
  const { time, level, msg = '', err, ...data } = parsed.data;
  const name = level.toUpperCase().padEnd(5);
  const shown = colour ? `\u001b[${COLOURS[level] ?? '0'}m${name}\u001b[0m` : name;
  const fields = Object.entries(data)
    .filter(([key]) => !UNINTERESTING.has(key))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const head = [time.slice(11, 23), shown, escapeControl(msg), ...fields.map(escapeControl)].join(
    ' ',
  );
  return `${[head, ...errorLines(err)].join('\n')}\n`;
}

function errorLines(error: z.infer<typeof LogLine>['err']): string[] {
  if (error === undefined) return [];
  const text = error.stack ?? error.message ?? '';
  const { cause } = z.looseObject({ cause: LogLine.shape.err }).parse(error);
  const lines = text.split('\n').map((line) => `    ${escapeControl(line.trim())}`);
  return cause === undefined ? lines : [...lines, '    caused by', ...errorLines(cause)];
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not ours: a library wrote to the stream itself.
    return undefined;
  }
}

function escapeControl(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
