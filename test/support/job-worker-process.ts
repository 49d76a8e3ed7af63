/**
 * Works on jobs named `job` until it is killed, printing `started <id> <attempt>`; jobs never end.
 * Argument: JSON of `{redis?, host, port, user, database}`.
 */
import { pino } from 'pino';
import { z } from 'zod';

import { Secret } from '../../backend/src/platform/crypto/secret.ts';
import { openJobQueue } from '../../backend/src/platform/queue/open-job-queue.ts';

const Target = z.object({
  redis: z.string().optional(),
  host: z.string(),
  port: z.number(),
  user: z.string(),
  database: z.string(),
});

const { redis, ...socket } = Target.parse(JSON.parse(process.argv[2] ?? ''));
const queue = await openJobQueue({
  redisUrl: redis === undefined ? undefined : new Secret(redis),
  connection: { kind: 'socket', ...socket },
  logger: pino({ level: 'silent' }),
  timing: { lockMs: 5_000, stalledCheckMs: 300 },
});
queue.process(
  'job',
  (id, { attempt }) => {
    console.log(`started ${id} ${attempt}`);
    return new Promise(() => undefined);
  },
  { concurrency: 10 },
);
console.log('working');
