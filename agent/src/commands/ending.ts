import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import { z } from 'zod';
import { codeOf } from '../log.ts';

/** How the unit of a command ended, as the service manager tells it. */
export const Ending = z.object({
  /** `Result` of systemd.service(5): `success`, `exit-code`, `signal`, `timeout`, `oom-kill` ... */
  result: z.string(),
  /** Whether the program was executed at all. */
  wasExecuted: z.boolean(),
  /** Exit status; null when a signal ended it or there never was a process. */
  exitStatus: z.int().nullable(),
  /** Name of the ending signal, such as `SIGKILL`. */
  signal: z.string().nullable(),
  /** Milliseconds since 1970; null when unknown. */
  startedAt: z.number().nullable(),
  exitedAt: z.number().nullable(),
  /** A signal ended it while the whole system was going down. */
  wasStopping: z.boolean().optional(),
});
export type Ending = z.infer<typeof Ending>;

/** Size of the file an ending is kept in, bytes. */
const FILE_BYTES = 512;

/** Content of that file before the command ended: so a full disk has room for what comes. */
export const BLANK_ENDING = `${' '.repeat(FILE_BYTES - 1)}\n`;

/** Overwrites a blank ending in place, which needs no free block. */
export function writeEnding(file: string, ending: Ending): void {
  const text = JSON.stringify(ending).padEnd(FILE_BYTES - 1);
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    writeSync(descriptor, `${text}\n`, 0);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads an ending; undefined while it is blank or where there is no file. */
export function readEnding(file: string): Ending | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    // Never started, or finished and cleaned up.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return text === '' ? undefined : Ending.parse(JSON.parse(text));
}

const SIGNAL_NAMES = new Map(
  Object.entries(os.constants.signals).map(([name, number]) => [number, name]),
);
/** First real-time signal that programs get from libc (signal(7)). */
const SIGRTMIN = 34;

/** Name such as `SIGKILL` of a signal number; real-time signals as `SIGRTMIN+n`. */
export function signalName(number: number): string {
  return SIGNAL_NAMES.get(number) ?? `SIGRTMIN+${number - SIGRTMIN}`;
}
