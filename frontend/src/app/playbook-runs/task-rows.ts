import { TASK_STATUS } from '../ui/status';
import type { TaskStatus } from '../ui/status';
import type { CurrentTask, ServerTasks, TaskResult } from './task-feed';

/** A task as a list shows it, with the items of its loop. */
export interface TaskRow {
  /** Stays the same while the task runs and after. */
  readonly id: string;
  readonly title: string;
  readonly play: string;
  /** Another play begins here. */
  readonly startsPlay: boolean;
  readonly status: TaskStatus;
  /** Milliseconds; null while it runs. */
  readonly took: number | null;
  /** ISO time, of what runs. */
  readonly startedAt: string | null;
  /** The result of the task as a whole, once it has ended. */
  readonly result: TaskResult | null;
  readonly items: readonly TaskResult[];
}

/** Which tasks are shown. */
export type TaskFilter = 'all' | 'changed' | 'failed';

type Row = Omit<TaskRow, 'startsPlay'>;

/** The status of a result: one that failed and was meant to be ignored is no failure of the playbook. */
export function statusOfResult({ status, ignored }: TaskResult): TaskStatus {
  return ignored && status === 'failed' ? 'ignored' : status;
}

/** What is shown of the results: one row for each task, and one for what runs while `isActive`. */
export function taskRows({ results, current }: ServerTasks, isActive: boolean): readonly TaskRow[] {
  const rows: Row[] = [];
  const ended = new Set<string>();
  const loops = new Map<string, TaskResult[]>();
  for (const result of results) {
    const { task_id: task, item, seq } = result;
    if (item !== null) {
      const items = loops.get(task);
      if (items) items.push(result);
      else loops.set(task, [result]);
      continue;
    }
    rows.push(endedRow(ended.has(task) ? `${task}-${String(seq)}` : task, result, loops.get(task)));
    ended.add(task);
    loops.delete(task);
  }
  const runs = isActive && current !== null && !ended.has(current.task_id) ? current : null;
  // Loops whose end was not told: of a playbook that was ended in the middle.
  for (const [task, items] of loops) {
    if (task !== runs?.task_id) rows.push(cutOffRow(task, items));
  }
  if (runs) rows.push(runningRow(runs, loops.get(runs.task_id)));
  return rows.map((row, index) => ({ ...row, startsPlay: row.play !== rows[index - 1]?.play }));
}

/** How many rows there are of each filter. */
export function countTasks(rows: readonly TaskRow[]): Readonly<Record<TaskFilter, number>> {
  const count = (filter: TaskFilter): number => rows.filter((row) => isLike(row, filter)).length;
  return { all: rows.length, changed: count('changed'), failed: count('failed') };
}

/** True for a task that a filter shows. */
export function isLike({ status, items }: TaskRow, filter: TaskFilter): boolean {
  if (filter === 'all') return true;
  const statuses = [status, ...items.map(statusOfResult)];
  if (filter === 'changed') return statuses.includes('changed');
  return statuses.some((each) => each === 'ignored' || TASK_STATUS[each].tone === 'bad');
}

function endedRow(id: string, result: TaskResult, items: readonly TaskResult[] = []): Row {
  return {
    id,
    title: titleOf(result),
    play: result.play,
    status: statusOfResult(result),
    took: result.duration_ms,
    startedAt: null,
    result,
    items,
  };
}

function runningRow(current: CurrentTask, items: readonly TaskResult[] = []): Row {
  return {
    id: current.task_id,
    title: titleOf(current),
    play: current.play,
    status: 'running',
    took: null,
    startedAt: current.started_at,
    result: null,
    items,
  };
}

const WORST_FIRST: readonly TaskStatus[] = ['unreachable', 'failed', 'ignored', 'changed', 'ok'];

function cutOffRow(id: string, items: readonly TaskResult[]): Row {
  const statuses = items.map(statusOfResult);
  const [first] = items;
  return {
    id: `${id}-items`,
    title: first ? titleOf(first) : '',
    play: first?.play ?? '',
    status: WORST_FIRST.find((status) => statuses.includes(status)) ?? 'skipped',
    took: items.reduce((sum, { duration_ms: took }) => sum + took, 0),
    startedAt: null,
    result: null,
    items,
  };
}

function titleOf({ role, task }: { readonly role: string | null; readonly task: string }): string {
  return role === null ? task : `${role}: ${task}`;
}
