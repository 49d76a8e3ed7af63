import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, pino } from 'pino';

import { eventually } from '../../../../test/support/eventually.js';
import { makeRedis, type RedisProcess } from '../../../../test/support/redis-process.js';
import { startSource } from '../../../../test/support/source-process.js';
import { createTestDatabase, testDatabaseServer } from '../../../../test/support/test-database.js';
import { Secret } from '../crypto/secret.js';
import type { DatabaseConnection } from '../database/database-connection.js';
import { type JobQueue, QueueUnavailableError, UnrecoverableJobError } from './job-queue.js';
import { WORKER_TIMING, type WorkerTiming } from './bull-job-queue.js';
import { openJobQueue } from './open-job-queue.js';

jest.setTimeout(90_000);

const WORKER = new URL('../../../../test/support/job-worker-process.ts', import.meta.url).pathname;
/** For tests of dead workers alone: a worker on a slow machine must not pass for dead. */
const QUICK = { lockMs: 5_000, stalledCheckMs: 300 };
const ONE = { concurrency: 1 };

/** Where the queue is stored, and how to take it away and bring it back. */
interface Place {
  readonly connection: DatabaseConnection;
  readonly redis: string | undefined;
  crash(): Promise<void>;
  bringBack(): Promise<void>;
}

let redis: RedisProcess | undefined;

async function inPostgres(): Promise<Place> {
  const connection = await createTestDatabase();
  const server = await testDatabaseServer();
  return {
    connection,
    redis: undefined,
    crash: async () => {
      process.kill(server.status().pid ?? 0, 'SIGKILL');
      // Otherwise it is back by itself, perhaps before anybody noticed.
      await server.stop();
    },
    bringBack: () => server.start(),
  };
}

async function inRedis(): Promise<Place> {
  const server = redis ?? (await makeRedis());
  redis = server;
  await server.start();
  return {
    connection: { kind: 'socket', host: '/nowhere', port: 1, user: 'nobody', database: 'none' },
    redis: server.url,
    crash: () => server.kill(),
    bringBack: () => server.start(),
  };
}

afterAll(async () => {
  await redis?.remove();
});

describe.each([
  ['PostgreSQL', inPostgres],
  ['Redis', inRedis],
])('JobQueue in %s', (_name, makePlace) => {
  let place: Place;
  const queues: JobQueue[] = [];

  beforeEach(async () => {
    place = await makePlace();
  });

  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.close(2000)));
    await redis?.remove();
    redis = undefined;
  });

  async function open(
    logger: Logger = pino({ level: 'silent' }),
    timing: WorkerTiming = WORKER_TIMING,
  ): Promise<JobQueue> {
    const queue = await openJobQueue({
      connection: place.connection,
      redisUrl: place.redis === undefined ? undefined : new Secret(place.redis),
      logger,
      timing,
    });
    queues.push(queue);
    return queue;
  }

  async function until(what: string, met: () => boolean | Promise<boolean>): Promise<void> {
    await eventually(what, async () => ((await met()) ? true : undefined), {
      everyMs: 20,
      deadlineMs: 30_000,
    });
  }

  it('runs each of many jobs, with no more at once than asked for', async () => {
    const queue = await open();
    const ids = Array.from({ length: 40 }, (_, index) => `${index}`);
    const done: string[] = [];
    let running = 0;
    let most = 0;
    queue.process(
      'job',
      async (id) => {
        running += 1;
        most = Math.max(most, running);
        await pause(5);
        running -= 1;
        done.push(id);
      },
      { concurrency: 4 },
    );

    await queue.enqueueAll(
      'job',
      ids.map((id) => ({ id })),
    );
    await until('all are done', () => done.length >= ids.length);

    expect([...done].sort()).toEqual([...ids].sort());
    expect(most).toBeLessThanOrEqual(4);
    await until('nothing is left', async () => {
      const { waiting, active, delayed } = await queue.counts('job');
      return waiting + active + delayed === 0;
    });
  });

  it('lets another process work on what one has added', async () => {
    const [producer, consumer] = [await open(), await open()];
    const seen: string[] = [];
    consumer.process('job', (id) => Promise.resolve(void seen.push(id)), ONE);

    await producer.enqueue('job', { id: 'a' });

    await until('it arrives', () => seen.length === 1);
  });

  it('tries again after a failure, counting, until it succeeds', async () => {
    const queue = await open();
    const attempts: number[] = [];
    queue.process(
      'job',
      (_id, { attempt }) => {
        attempts.push(attempt);
        return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
      },
      ONE,
    );

    await queue.enqueue('job', { id: 'a' }, { retryDelayMs: 10 });

    await until('the third attempt ran', () => attempts.length === 3);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('gives up after the attempts asked for, and takes the same id again', async () => {
    const queue = await open();
    let runs = 0;
    queue.process('job', () => Promise.reject(new Error(`failure ${(runs += 1)}`)), ONE);

    await queue.enqueue('job', { id: 'a' }, { attempts: 2, retryDelayMs: 10 });
    await until('it is given up', async () => runs === 2 && (await isEmpty(queue)));
    await queue.enqueue('job', { id: 'a' }, { attempts: 1 });

    await until('it ran once more', () => runs === 3);
  });

  it('does not try again what cannot be recovered', async () => {
    const queue = await open();
    let runs = 0;
    queue.process(
      'job',
      () => {
        runs += 1;
        return Promise.reject(new UnrecoverableJobError('no such record'));
      },
      ONE,
    );

    await queue.enqueue('job', { id: 'a' }, { attempts: 5, retryDelayMs: 1 });
    await until('it is given up', async () => runs > 0 && (await isEmpty(queue)));

    expect(runs).toBe(1);
  });

  it('holds a delayed job back', async () => {
    const queue = await open();
    const order: string[] = [];
    queue.process('job', (id) => Promise.resolve(void order.push(id)), ONE);

    const hour = 3_600_000;
    await queue.enqueue('job', { id: 'in an hour' }, { delayMs: hour });
    await queue.enqueue('job', { id: 'soon' }, { delayMs: 50 });
    await queue.enqueue('job', { id: 'now' });

    await until('both ran', () => order.length === 2);
    expect([...order].sort()).toEqual(['now', 'soon']);
    await until('the one of the hour is left', async () => {
      const { waiting, active, delayed } = await queue.counts('job');
      return waiting + active === 0 && delayed === 1;
    });
  });

  it('keeps one job per id waiting, and one more run while one is active', async () => {
    const queue = await open();
    const started: string[] = [];
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    await queue.enqueue('job', { id: 'a' });
    await queue.enqueue('job', { id: 'a' });
    expect(await queue.counts('job')).toMatchObject({ waiting: 1 });

    queue.process('job', (id) => (started.push(id), blocked), { concurrency: 5 });
    await until('it runs', () => started.length === 1);
    for (let round = 0; round < 3; round += 1) await queue.enqueue('job', { id: 'a' });
    expect(started).toEqual(['a']);
    release();

    await until('the further run came', async () => started.length === 2 && (await isEmpty(queue)));
    expect(started).toEqual(['a', 'a']);
  });

  it('refuses a payload that is more than an id', async () => {
    const queue = await open();

    await expect(
      queue.enqueue('job', { id: 'a', password: 'x' } as { id: string }),
    ).rejects.toThrow();
    await expect(queue.enqueue('job', { id: '' })).rejects.toThrow();
    expect(await isEmpty(queue)).toBe(true);
  });

  it('repeats a periodic job once for all managers', async () => {
    const [one, two] = [await open(), await open()];
    const runs: string[] = [];
    for (const queue of [one, two]) {
      queue.process('sweep', (id) => Promise.resolve(void runs.push(id)), ONE);
      await queue.every('sweep', 500);
    }

    await until('it ran three times', () => runs.length >= 3);

    expect(new Set(runs)).toEqual(new Set(['sweep']));
    // Two schedules would always have two.
    await until('the next run alone is planned', async () => {
      const { waiting, active, delayed } = await one.counts('sweep');
      return waiting + active + delayed === 1;
    });
  });

  it('hands nothing out while paused', async () => {
    const queue = await open();
    const seen: string[] = [];
    await queue.pause('job');
    await queue.enqueue('job', { id: 'a' });
    queue.process('job', (id) => Promise.resolve(void seen.push(id)), ONE);
    queue.process('other', (id) => Promise.resolve(void seen.push(id)), ONE);
    await queue.enqueue('other', { id: 'b' });
    await until('the other name goes on', () => seen.length === 1);
    expect(seen).toEqual(['b']);

    await queue.resume('job');

    await until('it runs', () => seen.length === 2);
  });

  it('runs a job again whose worker was killed', async () => {
    if (place.connection.kind !== 'socket') throw new Error('tests use sockets');
    const queue = await open(undefined, QUICK);
    const { host, port, user, database } = place.connection;
    const target = {
      ...(place.redis === undefined ? {} : { redis: place.redis }),
      host,
      port,
      user,
      database,
    };
    const worker = startSource(WORKER, [JSON.stringify(target)]);
    try {
      expect(await worker.nextLine()).toBe('working');
      await queue.enqueueAll('job', [{ id: 'a' }, { id: 'b' }]);
      const lines = [await worker.nextLine(), await worker.nextLine()].sort();
      expect(lines).toEqual(['started a 1', 'started b 1']);
    } finally {
      await worker.kill();
    }

    const seen: string[] = [];
    queue.process(
      'job',
      (id, { attempt }) => Promise.resolve(void seen.push(`${id} ${attempt}`)),
      ONE,
    );

    await until('both ran again', () => seen.length === 2);
    expect([...seen].sort()).toEqual(['a 1', 'b 1']);
  });

  it('aborts running jobs on close, and leaves them to others', async () => {
    const [first, second] = [await open(), await open()];
    let reason: unknown;
    let started = false;
    first.process(
      'job',
      (_id, { signal }) =>
        new Promise((_resolve, reject) => {
          started = true;
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(new Error('stopped at a safe point'));
          });
        }),
      ONE,
    );
    await first.enqueue('job', { id: 'a' }, { retryDelayMs: 10 });
    await until('it runs', () => started);

    await first.close();
    const seen: string[] = [];
    second.process('job', (id) => Promise.resolve(void seen.push(id)), ONE);

    await until('another took it', () => seen.length === 1);
    expect((reason as Error).message).toContain('shutting down');
  });

  // Jest fails a test during which a rejection went unhandled, so this also shows that none does.
  it('says that it is unavailable while its store is away, and goes on when that is back', async () => {
    const lines: string[] = [];
    const queue = await open(pino({ level: 'warn' }, { write: (line) => void lines.push(line) }));
    const seen: string[] = [];
    queue.process('job', (id) => Promise.resolve(void seen.push(id)), ONE);
    await queue.enqueue('job', { id: 'before' });
    await until('it works', () => seen.length === 1);
    await queue.ping();

    await place.crash();
    await until('it notices', () =>
      queue.ping().then(
        () => false,
        (error: unknown) => error instanceof QueueUnavailableError,
      ),
    );
    await until('it is logged', () => lines.join('').includes('the job queue has a problem'));
    await place.bringBack();
    await until('it answers again', () =>
      queue.ping().then(
        () => true,
        () => false,
      ),
    );
    await queue.enqueue('job', { id: 'after' });

    await until('it works again', () => seen.includes('after'));
  });
});

describe('openJobQueue', () => {
  it('says what is wrong when Redis does not answer', async () => {
    const opening = openJobQueue({
      redisUrl: new Secret('redis://:canary-9@127.0.0.1:1'),
      connection: { kind: 'socket', host: '/nowhere', port: 1, user: 'nobody', database: 'none' },
      logger: pino({ level: 'silent' }),
    });

    await expect(opening).rejects.toThrow(/Redis does not answer: .*ECONNREFUSED/);
    await expect(opening).rejects.not.toThrow(/canary/);
  });
});

async function isEmpty(queue: JobQueue): Promise<boolean> {
  const { waiting, active, delayed } = await queue.counts('job');
  return waiting + active + delayed === 0;
}
