import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { OperationBench } from '../../../test/support/operation-bench.ts';
import { hostOperation } from '../../../test/support/operation-host.ts';
import type { HostOperationOptions } from '../../../test/support/operation-host.ts';
import { LeaseLost } from './operation-definition.js';
import { LOG_LINES_LIMIT, OperationLease } from './operation-lease.js';
import type { Operation } from './operation.entity.js';

/** A busy machine starts a database or a worker process slowly. */
jest.setTimeout(60_000);

const bench = OperationBench.forSpec();

function claim(
  id: string,
  owner: string,
  seconds: number,
): ReturnType<typeof OperationLease.claim> {
  return OperationLease.claim(bench.dataSource, bench.transactions, id, { owner, seconds });
}

async function ended(claimed: Awaited<ReturnType<typeof claim>>): Promise<void> {
  await claimed?.lease.finish({ state: 'failed', leftovers: [], cleanupPauseSeconds: null }, () =>
    Promise.resolve(),
  );
}

describe('OperationLease', () => {
  it('gives an operation to one worker only', async () => {
    const id = await bench.anOperation();

    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, worker) => claim(id, String(worker), 30)),
    );

    expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
  });

  it('gives one operation of a server at a time, oldest first', async () => {
    const older = await bench.anOperation();
    const newer = await bench.anOperation();

    expect(await claim(newer, 'a', 30)).toBeNull();
    const claimed = await claim(older, 'a', 30);
    expect(claimed).not.toBeNull();
    expect(await claim(newer, 'a', 30)).toBeNull();

    await ended(claimed);
    expect(await claim(newer, 'a', 30)).not.toBeNull();
  });

  it('lets another worker take over when the time is up, and refuses every write of the first', async () => {
    const id = await bench.anOperation();
    const first = await claim(id, 'first', 0);
    const second = await claim(id, 'second', 30);
    const stale = first!.lease;

    expect(second?.operation.epoch).toBe(first!.operation.epoch + 1);
    await expect(stale.renew()).rejects.toThrow(LeaseLost);
    await expect(stale.beginStep(0)).rejects.toThrow(LeaseLost);
    await expect(
      stale.endStep({ position: 0, state: 'succeeded', error: null, memory: { stale: true } }),
    ).rejects.toThrow(LeaseLost);
    await expect(stale.saveMemory({ stale: true })).rejects.toThrow(LeaseLost);
    await expect(stale.saveProgress(0, { done: 1, total: 2, unit: 'bytes' })).rejects.toThrow(
      LeaseLost,
    );
    await expect(stale.turnBack(null)).rejects.toThrow(LeaseLost);
    await expect(
      stale.appendLog([{ step: null, at: new Date(), level: 'info', line: 'stale' }]),
    ).rejects.toThrow(LeaseLost);
    await expect(stale.release()).rejects.toThrow(LeaseLost);
    await expect(stale.transaction(() => Promise.reject(new Error('ran')))).rejects.toThrow(
      LeaseLost,
    );
    await expect(
      stale.finish({ state: 'succeeded', leftovers: [], cleanupPauseSeconds: null }, () =>
        Promise.reject(new Error('ran')),
      ),
    ).rejects.toThrow(LeaseLost);
    const stored = await bench.operation(id);
    expect(stored).toMatchObject({ state: 'running', memory: {}, leaseOwner: 'second', logSeq: 0 });
    expect(await bench.statesOf(id)).toEqual(['pending', 'pending', 'pending']);
  });

  it('keeps what is renewed', async () => {
    const id = await bench.anOperation();
    const first = await claim(id, 'first', 30);
    await bench.dataSource.query(`UPDATE operations SET lease_until = now() WHERE id = $1`, [id]);

    await first?.lease.renew();

    expect(await claim(id, 'second', 30)).toBeNull();
  });

  it('tells at renewal that somebody asked to cancel', async () => {
    const id = await bench.anOperation();
    const claimed = await claim(id, 'first', 30);
    await bench.dataSource.transaction((manager) => bench.repository.requestCancel(manager, id));

    expect(await claimed?.lease.renew()).toEqual({ cancelRequested: true });
  });

  it('numbers log lines without gaps and bounds them', async () => {
    const id = await bench.anOperation();
    const claimed = await claim(id, 'first', 30);
    const lines = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        step: 'first',
        at: new Date(),
        level: 'info' as const,
        line: `line ${String(n)}`,
      }));

    await claimed?.lease.appendLog(lines(2));
    await claimed?.lease.appendLog(lines(LOG_LINES_LIMIT));
    await claimed?.lease.appendLog(lines(5));

    expect((await bench.repository.log(id, 0, 3)).map(({ seq, line }) => [seq, line])).toEqual([
      [1, 'line 0'],
      [2, 'line 1'],
      [3, 'line 0'],
    ]);
    const last = await bench.repository.log(id, LOG_LINES_LIMIT - 1, 10);
    expect(last).toHaveLength(1);
    expect(last[0]?.line).toContain('the log is full');
  });
});

describe('what waits for a worker', () => {
  const waiting = (): Promise<string[]> => bench.repository.claimable(10);

  it('is not an operation whose server another one works on, though that one may be abandoned', async () => {
    const [first, second] = [await bench.anOperation(), await bench.anOperation()];
    expect(await waiting()).toEqual([first]);

    const claimed = await claim(first, 'a', 30);
    expect(await waiting()).toEqual([]);

    await claimed?.lease.release();
    expect(await waiting()).toEqual([first]);
    const again = await claim(first, 'b', 30);
    await ended(again);
    expect(await waiting()).toEqual([second]);
  });

  it('is not what has to be cleaned up on a server that is busy', async () => {
    const stuck = await bench.anOperation();
    await bench.dataSource.query(
      `UPDATE operations SET state = 'cleanup_pending', cleanup_after = now(), finished_at = now()
       WHERE id = $1`,
      [stuck],
    );
    expect(await waiting()).toEqual([stuck]);

    const next = await bench.anOperation();
    expect(await waiting()).toEqual([next]);
    const claimed = await claim(next, 'a', 30);
    expect(await waiting()).toEqual([]);

    await ended(claimed);
    expect(await waiting()).toEqual([stuck]);
  });
});

describe('OperationEngine', () => {
  it('carries an operation out', async () => {
    const id = await bench.anOperation();

    await bench.engineWith().work(id);

    expect(await bench.operation(id)).toMatchObject({
      state: 'succeeded',
      error: null,
      memory: { first: true, second: true, third: true },
      leaseOwner: null,
    });
    expect(await bench.statesOf(id)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect((await bench.repository.log(id, 0, 10)).map(({ line }) => line)).toEqual([
      'made first',
      'made second',
      'made third',
      'The operation succeeded.',
    ]);
  });

  it('audits the end in the same transaction', async () => {
    const id = await bench.anOperation();

    await bench.engineWith().work(id);

    const events = await bench.dataSource.query<{ action: string; outcome: string }[]>(
      `SELECT action, outcome FROM audit_events WHERE object_id = $1`,
      [id],
    );
    expect(events).toEqual([{ action: 'operation.finish', outcome: 'success' }]);
  });

  it('undoes everything when a step fails', async () => {
    const id = await bench.anOperation();

    await bench.engineWith({ failAt: 'third' }).work(id);

    expect(await bench.operation(id)).toMatchObject({
      state: 'failed',
      direction: 'backward',
      error: { step: 'third', layer: 'spec', code: 'refused', message: 'This step always fails.' },
    });
    expect(readdirSync(bench.directory)).toEqual([]);
    expect((await bench.repository.steps(id))[2]).toMatchObject({
      state: 'undone',
      error: { code: 'refused' },
    });
  });

  it('names what it could not undo, and removes it later', async () => {
    const id = await bench.anOperation();
    writeFileSync(path.join(bench.directory, 'stuck'), '');
    const engine = bench.engineWith({ failAt: 'third', stuckAt: 'second' });

    await engine.work(id);
    const stuck = await bench.operation(id);
    await engine.work(id);
    const tooEarly = await bench.operation(id);
    rmSync(path.join(bench.directory, 'stuck'));
    await bench.dataSource.transaction((manager) => bench.repository.cleanUpNow(manager, id));
    await engine.work(id);
    // The engine looks for work by itself, too, and may have been first: then it is not done yet.
    const cleaned = await eventually('it is cleaned up', async () => {
      const operation = await bench.operation(id);
      return operation.state === 'failed' ? operation : undefined;
    });

    expect(stuck).toMatchObject({
      state: 'cleanup_pending',
      leftovers: [{ step: 'second', what: path.join(bench.directory, 'second') }],
      cleanupAttempts: 1,
    });
    expect(tooEarly.cleanupAttempts).toBe(1);
    expect(cleaned).toMatchObject({ state: 'failed', leftovers: [], error: { code: 'refused' } });
    expect(readdirSync(bench.directory)).toEqual([]);
  });

  it('hands leftovers to the next operation that succeeds on the server', async () => {
    const failing = await bench.anOperation();
    writeFileSync(path.join(bench.directory, 'stuck'), '');
    const broken = bench.engineWith({ failAt: 'third', stuckAt: 'second' });
    await broken.work(failing);
    // It would look for the next one, too.
    await broken.beforeApplicationShutdown();
    const next = await bench.anOperation();

    await bench.engineWith().work(next);

    expect(await bench.operation(next)).toMatchObject({ state: 'succeeded' });
    expect(await bench.operation(failing)).toMatchObject({ state: 'failed', leftovers: [] });
  });

  describe('an operation of another type', () => {
    /** An operation that could not undo everything, and what became of it after another one succeeded. */
    async function leftoversAfter(
      next: Pick<HostOperationOptions, 'putsInOrder'>,
      params: { readonly failing?: object; readonly next?: object } = {},
    ): Promise<Operation> {
      const { directory } = bench;
      for (const name of readdirSync(directory)) rmSync(path.join(directory, name));
      writeFileSync(path.join(directory, 'stuck'), '');
      const engine = bench.engineWith({ failAt: 'third', stuckAt: 'second' });
      engine.register(hostOperation({ directory, type: 'other', ...next }));
      const failing = await bench.anOperation({ params: { ...params.failing } });
      await engine.work(failing);
      const other = await bench.anOperation({ type: 'other', params: { ...params.next } });
      await engine.work(other);
      expect(await bench.ended(other)).toMatchObject({ state: 'succeeded' });
      return bench.operation(failing);
    }

    it('leaves the leftovers of this one where they are', async () => {
      expect(await leftoversAfter({})).toMatchObject({
        state: 'cleanup_pending',
        leftovers: [{ step: 'second' }],
        cleanupAfter: expect.any(Date),
      });
    });

    it('takes them over where its type says that it puts them in order', async () => {
      expect(await leftoversAfter({ putsInOrder: { types: ['host_operation'] } })).toMatchObject({
        state: 'failed',
        leftovers: [],
        cleanupAfter: null,
      });
    });

    it('takes over only what is about the same thing', async () => {
      const putsInOrder = { types: ['host_operation'], sameParam: 'of' };

      const same = await leftoversAfter(
        { putsInOrder },
        { failing: { of: 'a' }, next: { of: 'a' } },
      );
      const different = await leftoversAfter(
        { putsInOrder },
        { failing: { of: 'a' }, next: { of: 'b' } },
      );

      expect([same.state, different.state]).toEqual(['failed', 'cleanup_pending']);
    });
  });

  it('starts what waits behind it, without being asked', async () => {
    const [first, second] = [await bench.anOperation(), await bench.anOperation()];

    await bench.engineWith().work(first);

    expect(await bench.ended(second)).toMatchObject({ state: 'succeeded' });
  });

  it('finds what nobody woke a worker for', async () => {
    const id = await bench.anOperation();

    await bench.engineWith().sweep();

    expect(await bench.ended(id)).toMatchObject({ state: 'succeeded' });
  });

  it('goes on in another engine at once when this one is shut down', async () => {
    const id = await bench.anOperation();
    const stopping = bench.engineWith();
    const inStep = new Promise<void>((resolve) => {
      const definition = stopping.definition('host_operation')!;
      const step = definition.steps[1]! as { apply: (typeof definition.steps)[number]['apply'] };
      step.apply = ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
          resolve();
        });
    });
    const worked = stopping.work(id);
    await inStep;

    await stopping.beforeApplicationShutdown();
    await worked;
    const between = await bench.operation(id);
    await bench.engineWith().work(id);

    expect(between).toMatchObject({ state: 'running', direction: 'forward' });
    expect(await bench.operation(id)).toMatchObject({ state: 'succeeded', epoch: 2 });
  });

  it('hands over what it was about to begin when it is shut down', async () => {
    const id = await bench.anOperation();
    const stopping = bench.engineWith();
    const worked = stopping.work(id);

    await stopping.beforeApplicationShutdown();
    await worked;

    expect(await bench.statesOf(id)).toEqual(['pending', 'pending', 'pending']);
    await bench.engineWith().work(id);
    expect(await bench.operation(id)).toMatchObject({ state: 'succeeded' });
  });

  it('gives up on an operation whose steps this version does not know', async () => {
    const id = await bench.anOperation();
    await bench.dataSource.query(
      `UPDATE operation_steps SET name = 'retired' WHERE operation_id = $1 AND position = 1`,
      [id],
    );

    await bench.engineWith().work(id);

    expect(await bench.operation(id)).toMatchObject({
      state: 'failed',
      error: { code: 'operation_outdated' },
    });
  });
});
