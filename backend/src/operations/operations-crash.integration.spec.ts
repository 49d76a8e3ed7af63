import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { OperationBench } from '../../../test/support/operation-bench.ts';
import type { HostOperationOptions, KillPoint } from '../../../test/support/operation-host.ts';

/** A busy machine starts a database or a worker process slowly. */
jest.setTimeout(120_000);

const bench = OperationBench.forSpec();

describe('a manager killed in the middle', () => {
  const applies = ['first', 'second', 'third'].flatMap((step): KillPoint[] => [
    `apply:${step}:before`,
    `apply:${step}:after`,
  ]);
  const undos = ['first', 'second', 'third'].flatMap((step): KillPoint[] => [
    `undo:${step}:before`,
    `undo:${step}:after`,
  ]);

  it.each(applies)('goes on to the end after %s', async (killAt) => {
    const id = await bench.anOperation();
    await killedWorker(id, { directory: bench.directory, killAt });
    const between = await bench.operation(id);

    await takeOver(id, {});

    expect(between.state).toBe('running');
    expect(await bench.operation(id)).toMatchObject({ state: 'succeeded', epoch: 2 });
    expect(await bench.statesOf(id)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(readdirSync(bench.directory).sort()).toEqual(['first', 'second', 'third']);
  });

  it.each(undos)('undoes the rest after %s', async (killAt) => {
    const id = await bench.anOperation();
    await killedWorker(id, { directory: bench.directory, killAt, failAt: 'third' });

    await takeOver(id, { failAt: 'third' });

    expect(await bench.operation(id)).toMatchObject({
      state: 'failed',
      error: { code: 'refused' },
    });
    expect(readdirSync(bench.directory)).toEqual([]);
  });

  /** Runs a worker of its own until it kills itself. */
  async function killedWorker(id: string, options: HostOperationOptions): Promise<void> {
    const support = path.resolve(import.meta.dirname, '../../../test/support');
    const worker = spawn(
      process.execPath,
      [
        '--conditions=myx-source',
        '--import',
        path.join(support, 'transpiling-hooks.ts'),
        path.join(support, 'operation-worker-process.ts'),
        ...[bench.database.connection, id, options].map((argument) => JSON.stringify(argument)),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    worker.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [, signal] = (await once(worker, 'exit')) as [number | null, string | null];
    if (signal !== 'SIGKILL') throw new Error(`the worker was not killed: ${said}`);
  }

  async function takeOver(id: string, options: Partial<HostOperationOptions>): Promise<void> {
    const engine = bench.engineWith(options);
    await eventually('the lease runs out and the operation ends', async () => {
      await engine.work(id);
      return (await bench.operation(id)).finishedAt ?? undefined;
    });
  }
});
