import type { Readable, Writable } from 'node:stream';

/** Standard input: a terminal can switch off its echo. */
export type CliInput = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
};

/** What the command line reads from and writes to; the process's own, or a test's. */
export interface CliIo {
  readonly stdin: CliInput;
  /** Results, for people and pipes. */
  readonly stdout: Writable;
  /** Questions, remarks and errors. */
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** A failure of the command line itself; the message says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** Writes a line of the result. */
export function say(io: CliIo, line: string): void {
  io.stdout.write(`${line}\n`);
}

/** Writes a remark that does not belong to the result. */
export function remark(io: CliIo, line: string): void {
  io.stderr.write(`${line}\n`);
}
