import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import type { CurrentTask, TaskResult, VersionState } from './playbook.js';
import { CHECK_PLAYBOOK, RUN_PLAYBOOK } from './playbook-operation-types.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import type { RunPlace } from './playbook-tasks.repository.js';
import { PlaybooksRepository } from './playbooks.repository.js';

/** Longest message of a result that travels live; the whole one is read from the list. */
const MESSAGE_LENGTH = 500;

/** How long a wait trusts in news before it looks by itself, milliseconds. */
const LOOK_AGAIN_MS = 5_000;

const RUNS = 'playbook_runs';
const PLAYBOOKS = 'playbooks';

/** Tells followers what happens to playbooks and their runs, and lets requests wait for it. */
@Injectable()
export class PlaybookNews implements OnModuleInit, OnModuleDestroy {
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly liveBus: LiveBus,
    private readonly runs: PlaybookRunsRepository,
    private readonly playbooks: PlaybooksRepository,
  ) {}

  onModuleInit(): void {
    this.stops.push(
      this.liveBus.subscribe((message) => {
        this.changes.emit(message.topic);
      }),
      this.liveBus.onMissed(() => {
        for (const topic of this.changes.eventNames()) this.changes.emit(topic);
      }),
      // Only those of this manager: every manager tells of its own operations.
      this.liveBus.subscribeOwn((message) => {
        void this.operationChanged(message);
      }),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  /** A playbook, or the state of one of its versions, changed. */
  playbook(id: string, version: number, state: VersionState | 'removed'): void {
    const data = { id, version, state };
    for (const topic of [PLAYBOOKS, `${PLAYBOOKS}:${id}`]) {
      this.liveBus.publish({ topic, type: 'playbook_changed', data });
    }
  }

  /** A run was accepted, or changed on a server. */
  run(id: string, serverId: string | null): void {
    const data = { id, server_id: serverId };
    for (const topic of [RUNS, `${RUNS}:${id}`]) {
      this.liveBus.publish({ topic, type: 'playbook_run_changed', data });
    }
  }

  /** A task began. */
  taskStarted({ runId, serverId }: RunPlace, task: CurrentTask): void {
    this.liveBus.publish({
      topic: `${RUNS}:${runId}`,
      type: 'playbook_task_started',
      data: { run_id: runId, server_id: serverId, ...task },
    });
  }

  /** Results were stored. */
  results({ runId, serverId }: RunPlace, results: readonly TaskResult[]): void {
    for (const { taskId, durationMs, message, diff, at, ...result } of results) {
      const data = {
        run_id: runId,
        server_id: serverId,
        ...result,
        task_id: taskId,
        duration_ms: durationMs,
        message: message?.slice(0, MESSAGE_LENGTH) ?? null,
        has_diff: diff !== null,
        at: at.toISOString(),
      };
      this.liveBus.publish({ topic: `${RUNS}:${runId}`, type: 'playbook_task_result', data });
    }
  }

  /** Looks until `isReached` holds for what it sees of a run, or `signal` fires. Answers what it saw last. */
  untilRun<Seen>(
    id: string,
    look: () => Promise<Seen>,
    isReached: (seen: Seen) => boolean,
    signal: AbortSignal,
  ): Promise<Seen> {
    return this.until(`${RUNS}:${id}`, look, isReached, signal);
  }

  /** Like {@link PlaybookNews.untilRun} for a playbook. */
  untilPlaybook<Seen>(
    id: string,
    look: () => Promise<Seen>,
    isReached: (seen: Seen) => boolean,
    signal: AbortSignal,
  ): Promise<Seen> {
    return this.until(`${PLAYBOOKS}:${id}`, look, isReached, signal);
  }

  private async until<Seen>(
    topic: string,
    look: () => Promise<Seen>,
    isReached: (seen: Seen) => boolean,
    signal: AbortSignal,
  ): Promise<Seen> {
    for (;;) {
      // Listening before looking, so that nothing is missed in between.
      const stopListening = new AbortController();
      const news = this.next(topic, AbortSignal.any([signal, stopListening.signal]));
      try {
        const seen = await look();
        if (isReached(seen) || signal.aborted) return seen;
        await news;
      } finally {
        stopListening.abort();
      }
    }
  }

  /** Resolves at the next news on a topic, when `signal` fires, or after a while. Never rejects. */
  private next(topic: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.changes.off(topic, done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, LOOK_AGAIN_MS);
      this.changes.on(topic, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  private async operationChanged({ topic, type, data }: LiveMessage): Promise<void> {
    if (topic !== 'operations' || type !== 'operation_changed') return;
    if (typeof data.id !== 'string') return;
    try {
      if (data.type === RUN_PLAYBOOK) await this.runChanged(data.id);
      if (data.type === CHECK_PLAYBOOK) await this.checkChanged(data.id);
    } catch {
      // News are a convenience: whoever waits looks again by itself.
    }
  }

  private async runChanged(operationId: string): Promise<void> {
    const place = await this.runs.findByOperation(operationId);
    if (place) this.run(place.runId, place.serverId);
  }

  private async checkChanged(operationId: string): Promise<void> {
    const version = await this.playbooks.findByCheck(operationId);
    if (version) this.playbook(version.playbookId, version.version, version.state);
  }
}
