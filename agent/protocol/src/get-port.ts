import { z } from 'zod';
import { defineMethod } from './method.js';

/** The port the agent listens on, as the manager assigned it. */
export const getPort = defineMethod('get_port', {
  params: z.strictObject({}),
  result: z.object({ rpc_port: z.int().min(1).max(65535) }),
});
