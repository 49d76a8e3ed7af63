import { z } from 'zod';
import { CommandState } from './command-state.js';
import { DEFAULT_TIMEOUT_MS, defineMethod } from './method.js';
import { CommandId } from './primitives.js';

/**
 * Ends the whole process tree of a command: SIGTERM, then after `grace_ms` SIGKILL. Answers when it is
 * over. On a command that has already ended it changes nothing and answers its state.
 */
export const cancelCommand = defineMethod('cancel_command', {
  params: z.strictObject({
    command_id: CommandId,
    /** Milliseconds between SIGTERM and SIGKILL. */
    grace_ms: z.int().min(0).max(60_000),
  }),
  result: z.object({
    state: CommandState,
    /** Processes of the command that are still there. 0 unless something is stuck in the kernel. */
    processes_left: z.int().min(0),
  }),
  timeoutMs: ({ grace_ms }) => grace_ms + DEFAULT_TIMEOUT_MS,
});
