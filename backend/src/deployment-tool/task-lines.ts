import type { AnsibleEvent, AnsibleRecapHost } from '@myx/protocol';

/** A line of a step's log. */
export interface TaskLine {
  readonly line: string;
  readonly level: 'info' | 'warning' | 'error';
}

type TaskResult = Extract<AnsibleEvent, { event: 'task_result' }>;

/** Modules whose message is why they are there. */
const TELLING = /(^|\.)debug$/;

/** An event as a line for people; null when it is not worth one. */
export function taskLine(event: AnsibleEvent): TaskLine | null {
  switch (event.event) {
    case 'playbook_started':
    case 'task_started':
      return null;
    case 'play_started':
      return { line: `play: ${event.play}`, level: 'info' };
    case 'task_result':
      return resultLine(event);
    case 'recap':
      return { line: event.hosts.map(recapLine).join('; '), level: 'info' };
    case 'message':
      return { line: event.text, level: event.level };
  }
}

/** Whether a result fails the playbook, unless a rescue takes it up. */
export function isFailure({ status, ignored }: TaskResult): boolean {
  return (status === 'failed' || status === 'unreachable') && !ignored;
}

/** A task with its role, as people know it. */
export function taskName({ role, task }: Pick<TaskResult, 'role' | 'task'>): string {
  return role === null ? task : `${role} : ${task}`;
}

function resultLine(event: TaskResult): TaskLine | null {
  const hasFailed = event.status === 'failed' || event.status === 'unreachable';
  // The items of a loop are told as one, but for those that failed.
  if (event.item !== null && !hasFailed) return null;
  const item = event.item === null ? '' : ` (${event.item})`;
  const time = `${(event.duration_ms / 1000).toFixed(1)} s`;
  const isTold = hasFailed || TELLING.test(event.action);
  const message = isTold && event.message !== null ? `: ${event.message}` : '';
  const status = event.ignored && hasFailed ? `${event.status}, ignored` : event.status;
  const line = `${status}: ${taskName(event)}${item} [${time}]${message}`;
  if (!hasFailed) return { line, level: 'info' };
  return { line, level: event.ignored ? 'warning' : 'error' };
}

function recapLine(recap: AnsibleRecapHost): string {
  const { ok, changed, failed, unreachable, skipped, rescued, ignored } = recap;
  const counts = { ok, changed, skipped, failed, unreachable, rescued, ignored };
  const told = Object.entries(counts).filter(([name, count]) => count > 0 || ALWAYS.has(name));
  return `recap: ${told.map(([name, count]) => `${name} ${String(count)}`).join(', ')}`;
}

const ALWAYS = new Set(['ok', 'changed', 'failed']);
