import { describe, expect, it } from '@jest/globals';
import type { LiveMessage } from '../platform/live/live-message';
import { withTaskMessage, withWhole } from './task-feed';
import type { ServerTasks } from './task-feed';
import { countTasks, isLike, taskRows } from './task-rows';

const NOTHING: ServerTasks = { results: [], current: null, dropped: 0 };

function message(type: string, data: Record<string, unknown>): LiveMessage {
  return { topic: 'playbook_runs:r1', type, data: { server_id: 's1', ...data } };
}

function started(task: string, play = 'First play'): LiveMessage {
  return message('playbook_task_started', {
    task_id: `id-${task}`,
    task,
    role: null,
    play,
    action: 'command',
    started_at: '2026-01-01T00:00:00.000Z',
  });
}

function told(seq: number, task: string, changes: Record<string, unknown> = {}): LiveMessage {
  return message('playbook_task_result', {
    seq,
    task_id: `id-${task}`,
    task,
    role: null,
    play: 'First play',
    action: 'command',
    at: '2026-01-01T00:00:00.000Z',
    item: null,
    status: 'ok',
    ignored: false,
    duration_ms: 100 * seq,
    message: null,
    has_diff: false,
    ...changes,
  });
}

const after = (...messages: LiveMessage[]): ServerTasks =>
  messages.reduce(withTaskMessage, NOTHING);

describe('withTaskMessage', () => {
  it('adds a result once, where its task belongs', () => {
    const tasks = after(started('a'), told(1, 'a'), told(1, 'a'), started('b', 'Second play'));

    expect(tasks.results).toHaveLength(1);
    expect(tasks.results[0]).toMatchObject({ play: 'First play', isCut: false });
    expect(tasks.current).toMatchObject({ task: 'b', play: 'Second play' });
  });

  it('knows that the rest of a result has to be fetched, and takes it', () => {
    const tasks = after(started('a'), told(1, 'a', { has_diff: true }));
    expect(tasks.results[0]).toMatchObject({ diff: null, isCut: true });

    const whole = { ...tasks.results[0]!, diff: '+x', isCut: false };
    expect(withWhole(tasks, whole).results[0]).toMatchObject({ diff: '+x', isCut: false });
  });

  it('begins anew when the playbook does', () => {
    const tasks = after(told(1, 'a'), told(2, 'b'), told(1, 'c'));

    expect(tasks.results.map(({ task }) => task)).toEqual(['c']);
  });

  it('leaves everything as it is on a message it does not know', () => {
    expect(withTaskMessage(NOTHING, message('something_new', {}))).toBe(NOTHING);
  });
});

describe('taskRows', () => {
  it('shows what has ended and what runs, with the plays they belong to', () => {
    const tasks = after(
      started('a'),
      told(1, 'a'),
      started('b', 'Second play'),
      told(2, 'b', { status: 'failed', ignored: true, play: 'Second play' }),
      started('c', 'Second play'),
    );

    const rows = taskRows(tasks, true);

    expect(
      rows.map(({ title, status, took, startsPlay }) => [title, status, took, startsPlay]),
    ).toEqual([
      ['a', 'ok', 100, true],
      ['b', 'ignored', 200, true],
      ['c', 'running', null, false],
    ]);
    expect(taskRows(tasks, false).map(({ title }) => title)).toEqual(['a', 'b']);
  });

  it('puts the items of a loop into its task, while it runs and after', () => {
    const looping = after(started('loop'), told(1, 'loop', { item: 'one', status: 'changed' }));
    const ended = [told(2, 'loop', { item: 'two' }), told(3, 'loop', { status: 'changed' })];

    const [running] = taskRows(looping, true);
    const [cut] = taskRows(looping, false);
    const rows = taskRows(ended.reduce(withTaskMessage, looping), true);

    expect(running).toMatchObject({ id: 'id-loop', status: 'running', items: [{ item: 'one' }] });
    expect(cut).toMatchObject({ status: 'changed', took: 100 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: 'id-loop', status: 'changed', took: 300 });
    expect(rows[0]?.items.map(({ item }) => item)).toEqual(['one', 'two']);
  });

  it('keeps two results of one task apart', () => {
    const rows = taskRows(after(told(1, 'a'), told(2, 'a')), false);

    expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
  });
});

describe('the filters', () => {
  const rows = taskRows(
    after(
      told(1, 'fine'),
      told(2, 'changed', { status: 'changed' }),
      told(3, 'loop', { item: 'x', status: 'failed' }),
      told(4, 'loop', { status: 'failed' }),
      told(5, 'ignored', { status: 'failed', ignored: true }),
      told(6, 'away', { status: 'unreachable' }),
    ),
    false,
  );

  it('count what they show', () => {
    expect(countTasks(rows)).toEqual({ all: 5, changed: 1, failed: 3 });
    expect(rows.filter((row) => isLike(row, 'failed')).map(({ title }) => title)).toEqual([
      'loop',
      'ignored',
      'away',
    ]);
  });
});
