import type { Direction, OperationState, StepState } from './operation.entity.js';

/** What the plan looks at: where an operation is. */
export interface Position {
  readonly direction: Direction;
  readonly cancelRequested: boolean;
  /** True when a step failed; false while it goes well or when it only turned back to be cancelled. */
  readonly hasFailed: boolean;
  readonly steps: readonly PlannedStep[];
}

/** A step as the plan sees it. */
export interface PlannedStep {
  readonly state: StepState;
  /** Whether it has an undo and was begun by this operation. */
  readonly canUndo: boolean;
}

/** What to do next with an operation. */
export type Action =
  | { readonly kind: 'apply'; readonly position: number }
  | { readonly kind: 'turn_back' }
  | { readonly kind: 'undo'; readonly position: number }
  | { readonly kind: 'finish'; readonly state: OperationState };

/**
 * Decides the next move of an operation from what is stored, and from nothing else: so a worker that
 * takes over goes on exactly where the last one stopped.
 *
 * Forward, the first step that is not done is applied. A failure or a cancel turns the operation back:
 * every step that was begun here and can be undone is undone, last one first. A step that was found done
 * (`skipped`) was not made by this operation and stays.
 */
export function nextAction(position: Position): Action {
  return position.direction === 'forward' ? nextForward(position) : nextBackward(position);
}

function nextForward({ steps, cancelRequested }: Position): Action {
  const next = steps.findIndex(({ state }) => state !== 'succeeded' && state !== 'skipped');
  if (next < 0) return { kind: 'finish', state: 'succeeded' };
  return cancelRequested ? { kind: 'turn_back' } : { kind: 'apply', position: next };
}

function nextBackward({ steps, hasFailed }: Position): Action {
  const next = steps.findLastIndex(({ state, canUndo }) => canUndo && wasBegun(state));
  if (next >= 0) return { kind: 'undo', position: next };
  if (steps.some(({ state }) => state === 'undo_failed')) {
    return { kind: 'finish', state: 'cleanup_pending' };
  }
  return { kind: 'finish', state: hasFailed ? 'failed' : 'cancelled' };
}

/** Whether a step may have changed the server and was not taken back yet. */
function wasBegun(state: StepState): boolean {
  return state === 'running' || state === 'succeeded' || state === 'failed';
}

/** Longest pause between two tries to clean up, seconds. */
const CLEANUP_PAUSE_LIMIT = 3600;

/** Seconds until leftovers are tried again after `attempts` failed tries: 30 s, doubled up to an hour. */
export function cleanupPauseSeconds(attempts: number): number {
  return Math.min(30 * 2 ** Math.min(Math.max(attempts - 1, 0), 20), CLEANUP_PAUSE_LIMIT);
}
