import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import { erased, isHandedOver, ShuttingDown, StepFailure } from './operation-definition.js';
import type { OperationStep } from './operation-definition.js';
import { OperationNews } from './operation-news.js';
import { OperationRunner } from './operation-runner.js';
import { Operation, OperationStepRow } from './operation.entity.js';
import { anOperation, FakeLease } from '../../../test/support/fake-operation-lease.ts';

const Memory = z.object({ made: z.array(z.string()).default([]) });
type Memory = z.infer<typeof Memory>;
type Step = OperationStep<Memory, { close: () => Promise<void> }>;

function rowsOf(
  definitions: readonly Step[],
  states: readonly OperationStepRow['state'][],
): OperationStepRow[] {
  return definitions.map(({ name, title }, position) => {
    const state = states[position] ?? 'pending';
    return Object.assign(new OperationStepRow(), {
      operationId: anOperation().id,
      position,
      name,
      title,
      state,
      progressDone: null,
      progressTotal: null,
      progressUnit: null,
      error: null,
      startedAt: state === 'pending' ? null : new Date(),
      finishedAt: null,
    });
  });
}

/** A step that makes one thing, and takes it away again. */
function making(name: string, change: Partial<Step> = {}): Step {
  return {
    name,
    title: `make ${name}`,
    apply: ({ memory }) => {
      memory.made.push(name);
      return Promise.resolve();
    },
    undo: ({ memory }) => {
      memory.made = memory.made.filter((made) => made !== name);
      return Promise.resolve();
    },
    ...change,
  };
}

describe('OperationRunner', () => {
  let closed: number;
  /** What becomes of the operation, as the session is told when it is closed. */
  let stepSignal: AbortSignal | undefined;
  let wasHandedOver: boolean | undefined;
  let ended: string[];
  let messages: LiveMessage[];

  beforeEach(() => {
    closed = 0;
    stepSignal = undefined;
    wasHandedOver = undefined;
    ended = [];
    messages = [];
  });

  function runnerOf(
    definitions: readonly Step[],
    change: Partial<Operation> = {},
    states: readonly OperationStepRow['state'][] = [],
  ): { runner: OperationRunner; lease: FakeLease } {
    const bus = new LiveBus();
    bus.subscribe((message) => messages.push(message));
    const operation = anOperation(change);
    const rows = rowsOf(definitions, states);
    const lease = new FakeLease(operation, rows);
    const definition = erased<Memory, { close: () => Promise<void> }>({
      type: 'spec',
      params: z.strictObject({}),
      memory: Memory,
      steps: definitions,
      isRequestable: true,
      openSession: () => ({
        close: () => {
          closed += 1;
          wasHandedOver = stepSignal && isHandedOver(stepSignal);
          return Promise.resolve();
        },
      }),
    });
    const runner = new OperationRunner({
      lease: lease.parts,
      definition,
      operation: Object.assign(new Operation(), operation),
      steps: rows,
      news: new OperationNews(bus),
      logger: pino({ level: 'silent' }),
      ended: (_manager, { outcome }) => {
        ended.push(outcome);
        return Promise.resolve();
      },
    });
    return { runner, lease };
  }

  it('applies every step in order and ends once', async () => {
    const { runner, lease } = runnerOf([making('a'), making('b')]);

    await runner.run();

    expect(lease.finished).toBe('succeeded');
    expect(lease.operation.memory).toEqual({ made: ['a', 'b'] });
    expect(ended).toEqual(['succeeded']);
    expect(closed).toBe(1);
  });

  it('skips what it finds done, and does not undo it later', async () => {
    const undone: string[] = [];
    const { runner, lease } = runnerOf([
      making('a', {
        check: () => Promise.resolve(true),
        undo: () => Promise.resolve(void undone.push('a')),
      }),
      making('b', { apply: () => Promise.reject(new StepFailure('ssh', 'broken', 'Mend it.')) }),
    ]);

    await runner.run();

    expect(lease.rows.map(({ state }) => state)).toEqual(['skipped', 'undone']);
    expect(undone).toEqual([]);
    expect(lease.finished).toBe('failed');
  });

  it('undoes in reverse and keeps the reason', async () => {
    const order: string[] = [];
    const undoing = (name: string): Partial<Step> => ({
      undo: () => Promise.resolve(void order.push(name)),
    });
    const { runner, lease } = runnerOf([
      making('a', undoing('a')),
      making('b', undoing('b')),
      making('c', {
        ...undoing('c'),
        apply: () => Promise.reject(new StepFailure('tcp', 'refused', 'Open the port.')),
      }),
    ]);

    await runner.run();

    expect(order).toEqual(['c', 'b', 'a']);
    expect(lease.operation.error).toEqual({
      step: 'c',
      layer: 'tcp',
      code: 'refused',
      message: 'Open the port.',
    });
    expect(lease.log).toContain('Open the port.');
    expect(lease.log).toContain('The operation failed; what it had done is undone.');
  });

  it('does not tell of undoing where nothing can be undone', async () => {
    const looking: Step = {
      name: 'look',
      title: 'look',
      apply: () => Promise.reject(new StepFailure('server', 'broken', 'Mend it.')),
    };
    const { runner, lease } = runnerOf([looking]);

    await runner.run();

    expect(lease.finished).toBe('failed');
    expect(lease.log).toContain('The operation failed.');
  });

  it('does not undo a step whose check failed', async () => {
    const undone: string[] = [];
    const { runner, lease } = runnerOf([
      making('a', {
        check: () => Promise.reject(new StepFailure('ssh', 'lost', 'The connection broke.')),
        undo: () => Promise.resolve(void undone.push('a')),
      }),
    ]);

    await runner.run();

    expect(lease.finished).toBe('failed');
    expect(undone).toEqual([]);
  });

  it('lists what could not be undone', async () => {
    const { runner, lease } = runnerOf([
      making('a', {
        undo: () => Promise.reject(new StepFailure('tcp', 'gone', 'Unreachable.')),
        leftovers: ({ made }) => made.map((name) => `/opt/${name}`),
      }),
      making('b', { apply: () => Promise.reject(new StepFailure('tcp', 'gone', 'Unreachable.')) }),
    ]);

    await runner.run();

    expect(lease.finished).toBe('cleanup_pending');
    expect(lease.leftovers).toEqual([{ step: 'a', what: '/opt/a' }]);
  });

  it('hides the text of a bug', async () => {
    const { runner, lease } = runnerOf([
      making('a', { apply: () => Promise.reject(new Error('password hunter2')) }),
    ]);

    await runner.run();

    expect(lease.operation.error?.code).toBe('internal_error');
    expect(JSON.stringify([lease.operation, lease.log, messages])).not.toContain('hunter2');
  });

  it('counts an interrupted step as its own when it finds it done', async () => {
    const { runner, lease } = runnerOf(
      [
        making('a', { check: () => Promise.resolve(true) }),
        making('b', { apply: () => Promise.reject(new StepFailure('x', 'y', 'z')) }),
      ],
      { memory: { made: ['a'] } },
      ['running', 'pending'],
    );

    await runner.run();

    expect(lease.rows.map(({ state }) => state)).toEqual(['undone', 'undone']);
    expect(lease.operation.memory).toEqual({ made: [] });
  });

  it('goes on undoing where another worker stopped', async () => {
    const { runner, lease } = runnerOf(
      [making('a'), making('b')],
      {
        direction: 'backward',
        error: { step: 'b', layer: 'x', code: 'y', message: 'z' },
        memory: { made: ['a'] },
      },
      ['succeeded', 'undone'],
    );

    await runner.run();

    expect(lease.finished).toBe('failed');
    expect(lease.operation.memory).toEqual({ made: [] });
  });

  it('stops the step when cancelled, and undoes', async () => {
    let tellStarted = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      tellStarted = resolve;
    });
    const { runner, lease } = runnerOf([
      making('a'),
      making('b', {
        apply: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
            tellStarted();
          }),
      }),
    ]);

    const done = runner.run();
    await started;
    runner.cancel();
    await done;

    expect(lease.finished).toBe('cancelled');
    expect(lease.operation.memory).toEqual({ made: [] });
    expect(lease.operation.error).toBeNull();
  });

  it('is cancelled before it begins when that was asked for earlier', async () => {
    const { runner, lease } = runnerOf([making('a')], { cancelRequestedAt: new Date() });

    await runner.run();

    expect(lease.finished).toBe('cancelled');
    expect(lease.rows[0]?.state).toBe('pending');
  });

  it('writes nothing more once the lease is lost', async () => {
    const { runner, lease } = runnerOf([
      making('a', {
        apply: ({ signal }) => {
          stepSignal = signal;
          lease.isLost = true;
          return Promise.resolve();
        },
      }),
      making('b'),
    ]);

    await runner.run();

    expect(lease.finished).toBeUndefined();
    expect(lease.rows.map(({ state }) => state)).toEqual(['running', 'pending']);
    expect([closed, wasHandedOver]).toEqual([1, true]);
  });

  it('hands over when the manager stops, undoing nothing', async () => {
    const { runner, lease } = runnerOf([
      making('a', {
        apply: () => {
          runner.halt(new ShuttingDown());
          return Promise.reject(new Error('aborted'));
        },
      }),
    ]);

    await runner.run();

    expect(lease.released).toBe(true);
    expect(lease.finished).toBeUndefined();
    expect(lease.rows[0]?.state).toBe('running');
  });

  it('leaves the operation to be resumed when the database goes away', async () => {
    const { runner, lease } = runnerOf([
      making('a', {
        apply: ({ signal }) => {
          stepSignal = signal;
          const away = { code: '57P01' };
          return Promise.reject(Object.assign(new Error('terminating connection'), away));
        },
      }),
    ]);

    await expect(runner.run()).rejects.toThrow('terminating connection');
    expect(lease.finished).toBeUndefined();
    expect(lease.rows[0]?.state).toBe('running');
    expect(wasHandedOver).toBe(true);
  });

  it('ends a step that takes too long, whatever it throws then', async () => {
    const { runner, lease } = runnerOf([
      making('a', { timeoutMs: 5, apply: ({ signal }) => pause(60_000, undefined, { signal }) }),
    ]);

    await runner.run();

    expect(lease.operation.error?.code).toBe('step_timed_out');
  });

  it('tells followers of every change', async () => {
    const { runner } = runnerOf([making('a')]);

    await runner.run();

    const told = messages.map(({ type, data }) => `${type} ${String(data.state)}`);
    expect(told).toEqual([
      'operation_changed running',
      'operation_changed running',
      'step_changed running',
      'step_changed succeeded',
      'operation_changed succeeded',
      'operation_changed succeeded',
    ]);
  });
});
