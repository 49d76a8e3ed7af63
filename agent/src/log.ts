/** Levels of a log line, by rising urgency. */
export type LogLevel = 'info' | 'warn' | 'error';

/** Figures and names of a log line; never a secret, never request or output content. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Writes one JSON line to standard error, which the service manager keeps in the journal. `msg` is
 * constant text; what varies is in `fields`.
 */
export function log(level: LogLevel, msg: string, fields: LogFields = {}): void {
  const line = { time: new Date().toISOString(), level, msg, ...fields };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return textMember(error, 'message') ?? String(error);
}

/** The error code of a system call that failed, such as `ENOENT`, else undefined. */
export function codeOf(error: unknown): string | undefined {
  return textMember(error, 'code');
}

function textMember(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const member: unknown = Reflect.get(value, name);
  return typeof member === 'string' ? member : undefined;
}
