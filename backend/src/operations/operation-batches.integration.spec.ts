import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../../../test/support/eventually.ts';
import { OperationBench } from '../../../test/support/operation-bench.ts';
import { erased, StepFailure } from './operation-definition.js';
import type { AnyOperationDefinition, StepContext } from './operation-definition.js';
import { OperationLease } from './operation-lease.js';
import type { OperationEngine } from './operations.engine.js';

/** A busy machine starts a database or a worker process slowly. */
jest.setTimeout(60_000);

const bench = OperationBench.forSpec();

const steps = [{ name: 'work', title: 'Work' }];
const members = { type: 'member', steps };

/** An operation of one step that does what the test says. */
function member(
  work: (context: StepContext<Record<string, unknown>>) => Promise<void>,
  ended: (id: string, outcome: string) => void = () => undefined,
): AnyOperationDefinition {
  return erased({
    type: 'member',
    params: z.strictObject({}),
    memory: z.record(z.string(), z.unknown()),
    isRequestable: true,
    openSession: () => ({ close: () => Promise.resolve() }),
    ended: (_manager, { operation, outcome }) => {
      ended(operation.id, outcome);
      return Promise.resolve();
    },
    steps: [{ ...steps[0]!, apply: work }],
  });
}

function engineWith(definition: AnyOperationDefinition): OperationEngine {
  const engine = bench.engineWith();
  engine.register(definition);
  return engine;
}

async function statesOf(ids: readonly string[]): Promise<string[]> {
  return Promise.all(ids.map(async (id) => (await bench.operation(id)).state));
}

/** Lets the engines look for work again and again until all operations ended. */
async function untilAllEnded(
  ids: readonly string[],
  engines: readonly OperationEngine[],
): Promise<string[]> {
  return eventually('all operations end', async () => {
    await Promise.all(engines.map((engine) => engine.sweep()));
    const states = await statesOf(ids);
    return states.some((state) => state === 'pending' || state === 'running') ? undefined : states;
  });
}

describe('a batch', () => {
  it('is claimed up to its limit, by however many workers at once', async () => {
    const { ids } = await bench.aBatch(12, { limitParallel: 3, stopOnFailure: false });

    const claims = await Promise.all(
      ids.map((id) =>
        OperationLease.claim(bench.dataSource, bench.transactions, id, { owner: id, seconds: 30 }),
      ),
    );

    expect(claims.filter((claim) => claim !== null)).toHaveLength(3);
  });

  it('never runs more than its limit, and runs all of it, with two managers', async () => {
    let running = 0;
    let most = 0;
    let run = 0;
    const definition = (): AnyOperationDefinition =>
      member(async () => {
        running += 1;
        run += 1;
        most = Math.max(most, running);
        // The first three wait for each other: so the limit is reached, not only kept.
        await eventually('three run together', () => Promise.resolve(run >= 3 || undefined));
        running -= 1;
      });
    const engines = [engineWith(definition()), engineWith(definition())];
    const { ids } = await bench.aBatch(9, { limitParallel: 3, stopOnFailure: false }, members);

    const states = await untilAllEnded(ids, engines);

    expect(states).toEqual(Array(9).fill('succeeded'));
    expect(run).toBe(9);
    expect(most).toBe(3);
  });

  it('keeps to the limit of a manager, too', async () => {
    let running = 0;
    let most = 0;
    let run = 0;
    const engine = bench.engineWith({}, { concurrency: 2 });
    engine.register(
      member(async () => {
        running += 1;
        run += 1;
        most = Math.max(most, running);
        // The first two wait for each other: so the limit is reached, not only kept.
        await eventually('two run together', () => Promise.resolve(run >= 2 || undefined));
        running -= 1;
      }),
    );
    const { ids } = await bench.aBatch(8, { limitParallel: 8, stopOnFailure: false }, members);

    await Promise.all(ids.map((id) => engine.work(id)));
    await untilAllEnded(ids, [engine]);

    expect(most).toBe(2);
  });

  it('cancels what waits when one fails, and says why', async () => {
    const endings: [string, string][] = [];
    const { ids, batchId } = await bench.aBatch(
      4,
      { limitParallel: 1, stopOnFailure: true },
      members,
    );
    const other = await bench.anOperation(members);
    const engine = engineWith(
      member(
        ({ operationId }) =>
          operationId === ids[1]
            ? Promise.reject(new StepFailure('spec', 'refused', 'This one fails.'))
            : Promise.resolve(),
        (id, outcome) => endings.push([id, outcome]),
      ),
    );

    const states = await untilAllEnded([...ids, other], [engine]);

    expect(states).toEqual(['succeeded', 'failed', 'cancelled', 'cancelled', 'succeeded']);
    expect(await bench.operation(ids[3]!)).toMatchObject({
      error: {
        layer: 'manager',
        code: 'batch_stopped',
        message: expect.stringContaining('server-1'),
      },
      startedAt: null,
    });
    expect(new Map(endings).get(ids[3]!)).toBe('cancelled');
    expect(await bench.repository.list({ batchId }, 10)).toHaveLength(4);
    const events = await bench.dataSource.query<{ outcome: string }[]>(
      `SELECT outcome FROM audit_events WHERE object_id = $1 AND action = 'operation.finish'`,
      [ids[3]],
    );
    expect(events).toHaveLength(1);
  });

  it('goes on after a failure unless told to stop', async () => {
    const { ids } = await bench.aBatch(3, { limitParallel: 1, stopOnFailure: false }, members);
    const engine = engineWith(
      member(({ operationId }) =>
        operationId === ids[0]
          ? Promise.reject(new StepFailure('spec', 'refused', 'This one fails.'))
          : Promise.resolve(),
      ),
    );

    expect(await untilAllEnded(ids, [engine])).toEqual(['failed', 'succeeded', 'succeeded']);
  });

  it('lets what it cancelled be retried by hand', async () => {
    const { ids } = await bench.aBatch(2, { limitParallel: 1, stopOnFailure: true }, members);
    let isBroken = true;
    const engine = engineWith(
      member(() =>
        isBroken
          ? Promise.reject(new StepFailure('spec', 'refused', 'All fail.'))
          : Promise.resolve(),
      ),
    );
    await untilAllEnded(ids, [engine]);
    isBroken = false;

    await bench.dataSource.transaction((manager) => bench.repository.restart(manager, ids[1]!, []));

    expect(await untilAllEnded(ids, [engine])).toEqual(['failed', 'succeeded']);
    expect((await bench.operation(ids[1]!)).error).toBeNull();
  });

  it('does not hide what comes after it', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { ids } = await bench.aBatch(40, { limitParallel: 1, stopOnFailure: true }, members);
    const after = await bench.anOperation(members);
    let hasBegun = false;
    const engine = engineWith(
      member(({ operationId }) => {
        if (operationId === after) return Promise.resolve();
        hasBegun = true;
        return held;
      }),
    );

    await engine.sweep();
    await eventually('the first of the batch begins', () => Promise.resolve(hasBegun || undefined));
    await eventually(
      'the other operation ends',
      async () => (await bench.operation(after)).finishedAt ?? undefined,
    );
    const states = await statesOf(ids);
    release();

    expect(states.filter((state) => state === 'running')).toHaveLength(1);
    expect(states.filter((state) => state === 'pending')).toHaveLength(39);
  });

  it('counts what a killed manager was working on, until another one has ended it', async () => {
    const { ids } = await bench.aBatch(2, { limitParallel: 1, stopOnFailure: true });
    const [first, second] = ids as [string, string];
    await killedWorker(first);
    const leaseEnds = (when: string): Promise<unknown> =>
      bench.dataSource.query(
        `UPDATE operations SET lease_until = now() + $2::interval WHERE id = $1`,
        [first, when],
      );
    // Nobody takes over what it had until the states are read, however long that takes.
    await leaseEnds('1 hour');
    const engine = bench.engineWith();

    await engine.work(second);
    const meanwhile = await statesOf(ids);
    await leaseEnds('0');

    expect(meanwhile).toEqual(['running', 'pending']);
    expect(await untilAllEnded(ids, [engine])).toEqual(['succeeded', 'succeeded']);
  });
});

/** Runs a worker of its own that kills itself in the middle of the operation. */
async function killedWorker(id: string): Promise<void> {
  const support = path.resolve(import.meta.dirname, '../../../test/support');
  const options = { directory: bench.directory, killAt: 'apply:second:before' };
  const worker = spawn(
    process.execPath,
    [
      '--conditions=myx-source',
      '--import',
      path.join(support, 'transpiling-hooks.ts'),
      path.join(support, 'operation-worker-process.ts'),
      ...[bench.database.connection, id, options].map((argument) => JSON.stringify(argument)),
    ],
    { stdio: 'ignore' },
  );
  const [, signal] = (await once(worker, 'exit')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('the worker was not killed');
}
