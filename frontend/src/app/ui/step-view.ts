import type { StepStatus } from './status';

/** One line of a step's log. */
export interface StepLogLine {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly level: string;
  readonly text: string;
}

/** One step of an operation, as a {@link StepList} shows it. */
export interface StepView {
  readonly name: string;
  readonly title: string;
  readonly state: StepStatus;
  /** ISO times; null when it has not come to that. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** What went wrong, and what to do about it. */
  readonly error: string | null;
  readonly progress: {
    readonly done: number;
    readonly total: number | null;
    readonly unit: string;
  } | null;
  readonly log: readonly StepLogLine[];
}

/** How long a step took or has been running, in milliseconds; null before it started. */
export function stepDuration(step: StepView, now: number): number | null {
  if (step.startedAt === null) return null;
  const end = step.finishedAt === null ? now : Date.parse(step.finishedAt);
  return Math.max(0, end - Date.parse(step.startedAt));
}

/** Whether a step's log is open while nobody chose: it is where something happens or went wrong. */
export function opensByItself(step: StepView): boolean {
  return step.state === 'running' || step.state === 'failed' || step.state === 'undo_failed';
}
