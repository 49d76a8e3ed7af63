import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { messageOf } from '../log.ts';

/** Exit statuses that systemd uses itself before it executes a program; systemd.exec(5). */
const FIRST_OWN_STATUS = 200;
const LAST_OWN_STATUS = 245;

/** What a command needed in order to be executed. */
export interface Requirements {
  /** Absolute path of the program. */
  readonly program: string;
  readonly cwd: string | undefined;
}

/**
 * Whether a process that ended with `status` before systemd saw it execute its program was surely never
 * executed. A program may end so fast, and with any of these statuses, that the status alone proves
 * nothing; so the cause that it stands for must be there to be seen.
 */
export function wasNeverExecuted(status: number, { program, cwd }: Requirements): boolean {
  if (status < FIRST_OWN_STATUS || status > LAST_OWN_STATUS) return false;
  if (cwd !== undefined && statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return true;
  }
  return findFault(program) !== undefined;
}

/** Why the kernel cannot execute a file (execve(2)); undefined when it should be able to. */
export function findFault(program: string): string | undefined {
  try {
    if (!statSync(program).isFile()) return 'not a regular file';
    accessSync(program, constants.X_OK);
    const head = readHead(program);
    if (head.toString('latin1', 0, 4) === '\x7fELF') return undefined;
    if (head.toString('latin1', 0, 2) !== '#!') return 'neither an ELF file nor a script';
    const [interpreter = ''] =
      head.toString('utf8', 2).split('\n', 1)[0]?.trim().split(/[ \t]/) ?? [];
    accessSync(interpreter, constants.X_OK);
    return undefined;
  } catch (error) {
    // Not there, or not executable: the message says which file.
    return messageOf(error);
  }
}

function readHead(file: string): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY);
  try {
    const head = Buffer.alloc(256);
    return head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
