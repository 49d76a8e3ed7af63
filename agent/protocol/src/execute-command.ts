import { z } from 'zod';
import { CommandState } from './command-state.js';
import { LIMITS } from './limits.js';
import { defineMethod } from './method.js';
import { ArgvText, base64UpTo, ByteCount, CommandId, TimeoutSeconds } from './primitives.js';

/** Resource limits of the command's own unit, see systemd.resource-control(5). */
export const CommandLimits = z.strictObject({
  memory_max_bytes: z
    .int()
    .min(4 * 1024 * 1024)
    .optional(),
  /** 100 is one CPU. */
  cpu_quota_percent: z.int().min(1).optional(),
  tasks_max: z.int().min(1).optional(),
  /** Kept per output stream; the middle of a longer stream is released and declared as a gap. */
  output_bytes: ByteCount.min(2 * LIMITS.streamHeadBytes)
    .max(1024 * 1024 * 1024)
    .optional(),
});

/**
 * Parameters of `execute_command`. `command` and `args` are an argument vector: nothing is ever
 * interpreted by a shell unless `command` is one.
 */
export const ExecuteCommandParams = z.strictObject({
  command_id: CommandId,
  /** Absolute path, or a name looked up in PATH. */
  command: ArgvText.min(1).max(4096),
  args: z.array(ArgvText).max(1024),
  /** Seconds after which the whole process tree is ended with outcome `timed_out`. */
  timeout: TimeoutSeconds,
  /** Absolute working directory; default the user's home, else `/`. */
  cwd: ArgvText.startsWith('/', { error: 'must be an absolute path' }).max(4096).optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), ArgvText).optional(),
  /** Standard input, base64; without it standard input is /dev/null. */
  stdin: base64UpTo(LIMITS.stdinBytes).optional(),
  /**
   * Script body, base64. The agent keeps it in a file readable by the command's user only and runs
   * `command FILE ...args`; so `command` is the interpreter.
   */
  script: base64UpTo(LIMITS.scriptBytes).optional(),
  /** Login name to run as; default root. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]{0,31}\$?$/i)
    .optional(),
  limits: CommandLimits.optional(),
});
export type ExecuteCommandParams = z.infer<typeof ExecuteCommandParams>;

/**
 * Starts a command at once and answers without waiting for it.
 *
 * Sent again with the same id and the same request it answers the first one's state; with the same id
 * and another request it fails with `command_conflict`; after `forget_command` with `command_forgotten`.
 */
export const executeCommand = defineMethod('execute_command', {
  params: ExecuteCommandParams,
  result: CommandState,
});
