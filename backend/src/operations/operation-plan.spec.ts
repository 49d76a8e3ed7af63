import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { STEP_STATES } from './operation.entity.js';
import type { Direction, StepState } from './operation.entity.js';
import { cleanupPauseSeconds, nextAction } from './operation-plan.js';
import type { PlannedStep, Position } from './operation-plan.js';

function steps(...states: StepState[]): PlannedStep[] {
  return states.map((state) => ({ state, canUndo: true }));
}

function at(change: Partial<Position>): Position {
  return { direction: 'forward', cancelRequested: false, hasFailed: false, steps: [], ...change };
}

describe('nextAction', () => {
  it.each<[string, Partial<Position>, ReturnType<typeof nextAction>]>([
    ['begins at the start', { steps: steps('pending', 'pending') }, { kind: 'apply', position: 0 }],
    [
      'goes on after what is done',
      { steps: steps('succeeded', 'skipped', 'pending') },
      { kind: 'apply', position: 2 },
    ],
    [
      'resumes the step that was interrupted',
      { steps: steps('succeeded', 'running', 'pending') },
      { kind: 'apply', position: 1 },
    ],
    [
      'succeeds when all is done',
      { steps: steps('succeeded', 'skipped') },
      { kind: 'finish', state: 'succeeded' },
    ],
    [
      'turns back when cancelled',
      { cancelRequested: true, steps: steps('succeeded', 'pending') },
      { kind: 'turn_back' },
    ],
    [
      'is not cancelled any more when all is done',
      { cancelRequested: true, steps: steps('succeeded') },
      { kind: 'finish', state: 'succeeded' },
    ],
    [
      'undoes the failed step first',
      { direction: 'backward', steps: steps('succeeded', 'failed', 'pending') },
      { kind: 'undo', position: 1 },
    ],
    [
      'leaves what it found done',
      { direction: 'backward', hasFailed: true, steps: steps('skipped', 'undone') },
      { kind: 'finish', state: 'failed' },
    ],
    [
      'ends cancelled when nothing failed',
      { direction: 'backward', steps: steps('undone', 'pending') },
      { kind: 'finish', state: 'cancelled' },
    ],
    [
      'keeps going when an undo failed',
      { direction: 'backward', hasFailed: true, steps: steps('succeeded', 'undo_failed') },
      { kind: 'undo', position: 0 },
    ],
    [
      'ends with leftovers when an undo failed',
      { direction: 'backward', hasFailed: true, steps: steps('undone', 'undo_failed') },
      { kind: 'finish', state: 'cleanup_pending' },
    ],
  ])('%s', (_name, position, action) => {
    expect(nextAction(at(position))).toEqual(action);
  });
});

/** What may happen to an operation from the outside at any moment. */
const Fate = fc.record({
  /** How each attempt of a step goes: done, found done, failed, or the worker dies in the middle. */
  applies: fc.array(fc.constantFrom('succeeded', 'skipped', 'failed', 'crash'), { maxLength: 40 }),
  undos: fc.array(fc.constantFrom('undone', 'undo_failed', 'crash'), { maxLength: 40 }),
  /** After how many moves somebody cancels. */
  cancelAfter: fc.option(fc.nat(30), { nil: Number.POSITIVE_INFINITY }),
  canUndo: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
});

describe('an operation as a whole', () => {
  it('always ends, tidy or with its leftovers named', () => {
    fc.assert(
      fc.property(Fate, ({ applies, undos, cancelAfter, canUndo }) => {
        const states: StepState[] = canUndo.map(() => 'pending');
        const onServer = canUndo.map(() => false);
        let direction: Direction = 'forward';
        let hasFailed = false;
        const nextApply = (): string => applies.shift() ?? 'succeeded';
        const nextUndo = (): string => undos.shift() ?? 'undone';

        for (let move = 0; ; move += 1) {
          expect(move).toBeLessThan(200);
          const planned = states.map((state, index) => ({
            state,
            canUndo: canUndo[index] === true,
          }));
          const action = nextAction({
            direction,
            cancelRequested: move >= cancelAfter,
            hasFailed,
            steps: planned,
          });
          if (action.kind === 'finish') {
            const made = onServer.filter((there, index) => there && canUndo[index] === true);
            if (action.state === 'succeeded') {
              expect(states.every((state) => state === 'succeeded' || state === 'skipped')).toBe(
                true,
              );
            } else if (action.state === 'cleanup_pending') {
              expect(states).toContain('undo_failed');
            } else {
              expect(made).toEqual([]);
              expect(action.state).toBe(hasFailed ? 'failed' : 'cancelled');
            }
            return;
          }
          if (action.kind === 'turn_back') {
            direction = 'backward';
          } else if (action.kind === 'apply') {
            const end = nextApply();
            states[action.position] = end === 'crash' ? 'running' : (end as StepState);
            onServer[action.position] = end !== 'skipped';
            if (end === 'failed') {
              direction = 'backward';
              hasFailed = true;
            }
          } else {
            const end = nextUndo();
            if (end === 'crash') continue;
            states[action.position] = end as StepState;
            if (end === 'undone') onServer[action.position] = false;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never undoes a step that a later one still stands on', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STEP_STATES), { minLength: 1 }), (states) => {
        const position = at({ direction: 'backward', steps: steps(...states) });

        const action = nextAction(position);

        if (action.kind !== 'undo') return;
        const later = states.slice(action.position + 1);
        expect(later.some((state) => ['running', 'succeeded', 'failed'].includes(state))).toBe(
          false,
        );
      }),
    );
  });
});

describe('cleanupPauseSeconds', () => {
  it.each([
    [1, 30],
    [2, 60],
    [4, 240],
    [8, 3600],
    [1000, 3600],
  ])('after %i tries waits %i s', (attempts, seconds) => {
    expect(cleanupPauseSeconds(attempts)).toBe(seconds);
  });
});
