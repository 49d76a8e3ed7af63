import { describe, expect, it } from '@jest/globals';
import { AnsibleEvent } from '@myx/protocol';
import type { EntityManager } from 'typeorm';
import type { CurrentTask, TaskResult } from './playbook.js';
import type { NewTaskResult } from './playbook-tasks.repository.js';
import { TaskRecorder } from './task-recorder.js';

const PLACE = { runId: 'run', serverId: 'server' };
const TASK = { task_id: 'id', task: 'Task', role: null, play: 'Play', action: 'command' };

function started(name: string): AnsibleEvent {
  const at = '2026-11-21T12:00:00.000Z';
  return AnsibleEvent.parse({ event: 'task_started', at, ...TASK, task: name });
}

function ended(name: string, changes: object = {}): AnsibleEvent {
  return AnsibleEvent.parse({
    event: 'task_result',
    at: '2026-11-21T12:00:01.000Z',
    ...TASK,
    task: name,
    host: 'localhost',
    item: null,
    status: 'ok',
    ignored: false,
    duration_ms: 5,
    message: null,
    diff: null,
    ...changes,
  });
}

/** A recorder whose store fails as often as `failures` says. */
function aRecorder(failures = 0) {
  const stored: NewTaskResult[] = [];
  const told: TaskResult[] = [];
  let current: CurrentTask | null = null;
  let left = failures;
  const recorder = new TaskRecorder(
    {
      tasks: {
        append: (_manager, _place, results) => {
          stored.push(...results);
          return Promise.resolve(results.map((result, index) => ({ ...result, seq: index + 1 })));
        },
        setCurrent: (_manager, _place, task) => {
          current = task;
          return Promise.resolve();
        },
      },
      news: {
        results: (_place, results) => void told.push(...results),
        taskStarted: () => undefined,
      },
      transaction: (work) => {
        left -= 1;
        if (left >= 0) return Promise.reject(new Error('the database is away'));
        return work(undefined as unknown as EntityManager);
      },
    },
    PLACE,
  );
  return { recorder, stored, told, current: () => current };
}

describe('TaskRecorder', () => {
  it('stores results in order, and the task that runs', async () => {
    const { recorder, stored, told, current } = aRecorder();

    for (const name of ['one', 'two']) {
      recorder.add(started(name));
      recorder.add(ended(name));
    }
    recorder.add(started('three'));
    await recorder.finish();

    expect(stored.map(({ task }) => task)).toEqual(['one', 'two']);
    expect(told.map(({ task }) => task)).toEqual(['one', 'two']);
    expect(current()).toMatchObject({ task: 'three' });
  });

  it('keeps everything while the database is away', async () => {
    const { recorder, stored, told, current } = aRecorder(2);

    recorder.add(started('one'));
    recorder.add(ended('one'));
    await recorder.finish();

    expect(stored).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(current()).toMatchObject({ task: 'one' });
  });

  it('tells when the database stays away', async () => {
    const { recorder } = aRecorder(Infinity);
    recorder.add(ended('one'));

    await expect(recorder.finish()).rejects.toThrow('the database is away');
  });

  it('knows a result again, and tells other results apart', async () => {
    const { recorder, stored } = aRecorder();

    recorder.add(ended('one'));
    recorder.add(ended('one'));
    recorder.add(ended('one', { item: 'a' }));
    recorder.add(ended('one', { at: '2026-11-21T12:00:02.000Z' }));
    await recorder.finish();

    const digests = stored.map(({ digest }) => digest.toString('hex'));
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(3);
  });

  it('makes texts storable', async () => {
    const { recorder, stored } = aRecorder();

    recorder.add(ended('one', { message: 'a\0b\ud800', duration_ms: 2 ** 40 }));
    await recorder.finish();

    expect(stored[0]).toMatchObject({ message: 'a\u{fffd}b\u{fffd}', durationMs: 2 ** 31 - 1 });
  });
});
