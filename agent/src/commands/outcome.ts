import type { CommandResult } from '@myx/protocol';
import type { Ending } from './ending.ts';

/** All that is known when a command is over. */
export interface Evidence {
  /** Undefined: the service manager knows nothing of it. */
  readonly ending: Ending | undefined;
  /** Somebody asked to cancel it before it ended. */
  readonly isCancelled: boolean;
  /** The server has been booted since it was accepted, or is going down. */
  readonly isRebooted: boolean;
}

/** The part of a result that evidence decides. */
export type Verdict = Pick<CommandResult, 'outcome' | 'exit_code' | 'signal' | 'reason'>;

/** Exit statuses with which systemd ends before it executes a program; systemd.exec(5). */
const START_FAILURES: Readonly<Record<number, string>> = {
  200: 'its working directory does not exist or may not be entered',
  203: 'the program does not exist or cannot be executed',
  205: 'a resource limit could not be set',
  207: 'signals could not be set up',
  208: 'its standard input could not be opened',
  209: 'its standard output could not be opened',
  216: 'its group could not be determined',
  217: 'the user does not exist',
  219: 'its control group could not be set up',
  222: 'its standard error could not be opened',
};

/**
 * Decides how a command ended. Says `rejected` only when it is certain that the program was not
 * executed, and `lost` rather than guess.
 */
export function decide({ ending, isCancelled, isRebooted }: Evidence): Verdict {
  const status = { exit_code: ending?.exitStatus ?? null, signal: ending?.signal ?? null };
  const unknown = { exit_code: null, signal: null };
  if (isCancelled) {
    const reason = ending === undefined ? 'how it ended is unknown' : null;
    return { outcome: 'cancelled', ...(ending?.wasExecuted === true ? status : unknown), reason };
  }
  if (ending === undefined) {
    const reason = isRebooted
      ? 'the server went down before the end of the command was recorded'
      : 'the service manager no longer knows it';
    return { outcome: 'lost', ...unknown, reason };
  }
  if (!ending.wasExecuted) {
    return { outcome: 'rejected', ...unknown, reason: startFailure(ending) };
  }
  if (ending.result === 'timeout') {
    return { outcome: 'timed_out', ...status, reason: 'it was ended because its timeout passed' };
  }
  if (isRebooted && ending.signal !== null) {
    return { outcome: 'lost', ...status, reason: 'the server went down while it ran' };
  }
  if (ending.exitStatus === 0) return { outcome: 'succeeded', ...status, reason: null };
  const isOutOfMemory = ending.result === 'oom-kill';
  const reason = isOutOfMemory ? 'it was ended by the kernel because memory ran out' : null;
  return { outcome: 'failed', ...status, reason };
}

function startFailure({ exitStatus, result }: Ending): string {
  if (exitStatus === null) return `the service manager could not start it (${result})`;
  return START_FAILURES[exitStatus] ?? `the service manager could not set it up (${exitStatus})`;
}
