import { z } from 'zod';
import { LIMITS } from './limits.js';

/**
 * Identifier of a command, chosen by the manager (a UUID today). Safe as a directory name and as part
 * of a systemd unit name.
 */
export const CommandId = z.string().regex(/^[0-9a-zA-Z][0-9a-zA-Z-]{7,63}$/, {
  error: 'must be 8-64 characters of [0-9a-zA-Z-], not starting with "-"',
});
export type CommandId = z.infer<typeof CommandId>;

/** The two output streams of a command, each with absolute byte offsets of its own. */
export const LogType = z.enum(['stdout', 'stderr']);
export type LogType = z.infer<typeof LogType>;

/** A byte offset or byte count. */
export const ByteCount = z.int().min(0);

/** Base64 (RFC 4648 section 4, padded). */
export const Base64 = z.base64();

/** Instant, ISO 8601 in UTC with milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 });

/** Text without NUL: argv entries and environment values cannot carry one (execve(2)). */
export const ArgvText = z
  .string()
  .max(128 * 1024)
  .refine((text) => !text.includes('\0'), {
    error: 'must not contain a NUL character',
  });

/** Base64 whose decoded size is at most `bytes`. */
export function base64UpTo(bytes: number): z.ZodType<string, string> {
  return Base64.max(Math.ceil(bytes / 3) * 4, {
    error: `must decode to at most ${String(bytes)} bytes`,
  });
}

/** Both streams' offsets. */
export const StreamOffsets = z.strictObject({ stdout: ByteCount, stderr: ByteCount });
export type StreamOffsets = z.infer<typeof StreamOffsets>;

/** Run time limit of a command, whole seconds. */
export const TimeoutSeconds = z.int().min(1).max(LIMITS.commandTimeoutSeconds);
