import { z } from 'zod';
import { defineMethod } from './method.js';

/** Cheap liveness: answers as soon as the agent serves requests. */
export const healthCheck = defineMethod('health_check', {
  params: z.strictObject({}),
  result: z.object({ status: z.literal('ok'), version: z.string() }),
});
