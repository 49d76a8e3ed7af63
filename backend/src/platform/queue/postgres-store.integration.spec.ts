import { EventEmitter } from 'node:events';
import { afterEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { createTestDatabase } from '../../../../test/support/test-database.js';
import { openJobQueue } from './open-job-queue.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('bears that a connection dies while it is lent out and asks nothing', async () => {
  const connection = await createTestDatabase();
  let isCut = false;
  jest.spyOn(pg.Pool.prototype, 'emit').mockImplementation(function (
    this: pg.Pool,
    event: string | symbol,
    ...values: unknown[]
  ) {
    if (event === 'acquire' && !isCut) {
      isCut = true;
      const [client] = values as [pg.PoolClient];
      // The first one is lent out for the queue's tables. An error that nobody takes ends the process.
      process.nextTick(() => client.emit('error', new Error('cut')));
    }
    return EventEmitter.prototype.emit.call(this, event, ...values);
  } as typeof pg.Pool.prototype.emit);

  const queue = await openJobQueue({
    connection,
    redisUrl: undefined,
    logger: pino({ level: 'silent' }),
  });
  await queue.enqueue('job', { id: 'a' });
  const { waiting } = await queue.counts('job');
  await queue.close();

  expect(isCut).toBe(true);
  expect(waiting).toBe(1);
});
