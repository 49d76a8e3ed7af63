import { z } from 'zod';
import { CommandState } from './command-state.js';
import { defineMethod } from './method.js';

/** Every command in the agent's spool, newest first. */
export const listCommands = defineMethod('list_commands', {
  params: z.strictObject({}),
  result: z.object({ state_epoch: z.string(), commands: z.array(CommandState) }),
});
