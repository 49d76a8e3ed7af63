import { z } from 'zod';
import { ByteCount, CommandId, Instant } from './primitives.js';

/**
 * How a command ended.
 *
 * - `succeeded`: exit status 0
 * - `failed`: another exit status, or a signal nobody asked for
 * - `timed_out`: ended because its timeout passed
 * - `cancelled`: ended by `cancel_command`
 * - `rejected`: never started (for example: no such program, no such user, no space)
 * - `lost`: may have run; how it ended is unknown (for example: the server rebooted meanwhile)
 */
export const CommandOutcome = z.enum([
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'rejected',
  'lost',
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** The final word on a command. */
export const CommandResult = z.object({
  outcome: CommandOutcome,
  /** Exit status 0-255; null when a signal ended it, when it never started, or when it is unknown. */
  exit_code: z.int().min(0).max(255).nullable(),
  /** Name of the ending signal such as `SIGKILL`, else null. */
  signal: z.string().nullable(),
  /** One sentence for `rejected` and `lost`, and for anything unusual (out of memory kill ...). */
  reason: z.string().nullable(),
  started_at: Instant.nullable(),
  finished_at: Instant,
  /** Total bytes each stream produced, including any in gaps. */
  stdout_bytes: ByteCount,
  stderr_bytes: ByteCount,
  /** True when output is known to be missing beyond the declared gaps (disk full ...). */
  output_incomplete: z.boolean(),
});
export type CommandResult = z.infer<typeof CommandResult>;

/** What the agent says of one command it holds. */
export const CommandState = z.object({
  command_id: CommandId,
  status: z.enum(['running', 'finished']),
  accepted_at: Instant,
  /** SHA-256 (hex) of the canonical request, to tell "the same again" from a conflict. */
  request_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  stdout_bytes: ByteCount,
  stderr_bytes: ByteCount,
  /** Set once `status` is `finished`. */
  result: CommandResult.nullable(),
});
export type CommandState = z.infer<typeof CommandState>;
