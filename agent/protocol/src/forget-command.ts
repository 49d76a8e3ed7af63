import { z } from 'zod';
import { defineMethod } from './method.js';
import { CommandId } from './primitives.js';

/**
 * Drops an ended command whose output and result the manager has stored. A tombstone stays, so the id
 * can never run again. Refused with `command_running` while it runs; repeating it is harmless.
 */
export const forgetCommand = defineMethod('forget_command', {
  params: z.strictObject({ command_id: CommandId }),
  result: z.object({ forgotten: z.literal(true) }),
});
