import { z } from 'zod';
import { CommandResult } from './command-state.js';
import { LIMITS } from './limits.js';
import { DEFAULT_TIMEOUT_MS, defineMethod } from './method.js';
import { Base64, ByteCount, CommandId, LogType, StreamOffsets } from './primitives.js';

/** Bytes of one stream from an absolute offset. */
export const LogChunk = z.object({ log_type: LogType, offset: ByteCount, log_data: Base64 });
export type LogChunk = z.infer<typeof LogChunk>;

/** Bytes `from` (inclusive) to `to` (exclusive) that were produced but are not kept. */
export const LogGap = z.object({ log_type: LogType, from: ByteCount, to: ByteCount });
export type LogGap = z.infer<typeof LogGap>;

/**
 * Output of a command from absolute offsets. Waits up to `wait_ms` while there is nothing new and the
 * command runs. Reading changes nothing: the same offsets answer the same bytes until the command is
 * forgotten or the bytes fall into a gap.
 *
 * Within the answer, the chunks and gaps of a stream are contiguous from the asked offset and end at
 * `new_offsets`.
 */
export const getCommandLog = defineMethod('get_command_log', {
  params: z.strictObject({
    command_id: CommandId,
    offsets: StreamOffsets,
    max_bytes: z.int().min(1).max(LIMITS.logReadBytes),
    wait_ms: z.int().min(0).max(LIMITS.logWaitMs),
  }),
  result: z.object({
    command_id: CommandId,
    chunks: z.array(LogChunk),
    new_offsets: z.object({ stdout: ByteCount, stderr: ByteCount }),
    gaps: z.array(LogGap),
    /** The command ended and `new_offsets` are the ends of both streams. */
    is_final: z.boolean(),
    /** Set when the command ended, even while output is still to be read. */
    result: CommandResult.nullable(),
  }),
  timeoutMs: ({ wait_ms }) => wait_ms + DEFAULT_TIMEOUT_MS,
});

/** What `get_command_log` answers. */
export type CommandLog = z.infer<typeof getCommandLog.result>;
