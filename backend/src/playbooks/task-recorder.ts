import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnsibleEvent } from '@myx/protocol';
import type { StepContext } from '../operations/index.js';
import type { CurrentTask } from './playbook.js';
import type { PlaybookNews } from './playbook-news.js';
import type {
  NewTaskResult,
  PlaybookTasksRepository,
  RunPlace,
} from './playbook-tasks.repository.js';

/** How long events are collected before they are stored together, milliseconds. */
const COLLECT_MS = 100;

/** Pauses before the tries to store the last events, milliseconds. */
const LAST_TRIES_MS = [0, 250, 1000, 3000];

const DURATION_LIMIT_MS = 2 ** 31 - 1;

type TaskStarted = Extract<AnsibleEvent, { event: 'task_started' }>;
type TaskEnded = Extract<AnsibleEvent, { event: 'task_result' }>;

/** What a recorder works with. */
export interface RecorderParts {
  readonly tasks: Pick<PlaybookTasksRepository, 'append' | 'setCurrent'>;
  readonly news: Pick<PlaybookNews, 'results' | 'taskStarted'>;
  readonly transaction: StepContext<unknown>['transaction'];
}

/**
 * Stores what a playbook tells, in order, a few times a second. Told the same again from the beginning it
 * stores nothing twice. A database that does not answer keeps events waiting.
 */
export class TaskRecorder {
  private waiting: NewTaskResult[] = [];
  private current: CurrentTask | null = null;
  private isCurrentStored = true;
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: RecorderParts,
    private readonly place: RunPlace,
  ) {}

  /** Takes an event. Never fails. */
  add(event: AnsibleEvent): void {
    if (event.event === 'task_started') this.started(event);
    else if (event.event === 'task_result') this.waiting.push(resultOf(event));
    else return;
    this.timer ??= setTimeout(() => void this.flushLater(), COLLECT_MS);
  }

  /** Stores everything added so far. @throws Error of the database when it stays away. */
  async finish(): Promise<void> {
    let failure: unknown;
    for (const wait of LAST_TRIES_MS) {
      if (wait > 0) await pause(wait);
      try {
        await this.flush();
        return;
      } catch (error) {
        // Storing may succeed in a moment; the last failure goes to the caller.
        failure = error;
      }
    }
    throw failure;
  }

  private started(event: TaskStarted): void {
    const { task_id, task, role, play, action, at } = event;
    this.current = { task_id, task, role, play, action, started_at: at };
    this.isCurrentStored = false;
    this.parts.news.taskStarted(this.place, this.current);
  }

  private async flushLater(): Promise<void> {
    try {
      await this.flush();
    } catch {
      // The events wait for the next try; finish() tells when there is none that works.
      this.timer ??= setTimeout(() => void this.flushLater(), 10 * COLLECT_MS);
    }
  }

  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // After the one before it, whatever became of that.
    this.storing = this.storing.catch(() => undefined).then(() => this.store());
    return this.storing;
  }

  private async store(): Promise<void> {
    const results = this.waiting;
    const current = this.isCurrentStored ? undefined : this.current;
    if (results.length === 0 && current === undefined) return;
    this.waiting = [];
    this.isCurrentStored = true;
    try {
      const stored = await this.parts.transaction(async (manager) => {
        const fresh = await this.parts.tasks.append(manager, this.place, results);
        if (current !== undefined) {
          await this.parts.tasks.setCurrent(manager, this.place, current);
        }
        return fresh;
      });
      this.parts.news.results(this.place, stored);
    } catch (error) {
      this.waiting = [...results, ...this.waiting];
      if (current !== undefined) this.isCurrentStored = false;
      throw error;
    }
  }
}

function resultOf(event: TaskEnded): NewTaskResult {
  const identity = [event.task_id, event.host, event.item, event.status, event.at];
  return {
    digest: createHash('sha256').update(JSON.stringify(identity)).digest(),
    taskId: storable(event.task_id),
    task: storable(event.task),
    role: event.role === null ? null : storable(event.role),
    play: storable(event.play),
    action: storable(event.action),
    item: event.item === null ? null : storable(event.item),
    status: event.status,
    ignored: event.ignored,
    durationMs: Math.min(event.duration_ms, DURATION_LIMIT_MS),
    message: event.message === null ? null : storable(event.message),
    diff: event.diff === null ? null : storable(event.diff),
    at: new Date(event.at),
  };
}

/** PostgreSQL has no NUL in texts, and JSON no half characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed();
}
