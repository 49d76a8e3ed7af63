import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { IDEMPOTENCY_KEY_REUSED } from '../commands/index.js';
import { OPERATION_STATE_CONFLICT, OperationsService } from '../operations/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { decodeCursor, INVALID_REQUEST, pageFrom } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { RUN_PLAYBOOK } from './playbook-operation-types.js';
import { PlaybookNews } from './playbook-news.js';
import { PlaybookRunPlanner } from './playbook-run-plan.js';
import { runDetailsOf, runSummaryOf, tasksOf } from './playbook-run-views.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import type { NewRun, StoredRun } from './playbook-runs.repository.js';
import { IdempotencyKey } from './playbook-runs.schema.js';
import type {
  CreatePlaybookRun,
  PlaybookRunCancelReport,
  PlaybookRunDetails,
  PlaybookRunPage,
  PlaybookRunQuery,
  PlaybookTaskQuery,
  PlaybookTasks,
} from './playbook-runs.schema.js';
import { PlaybookTasksRepository } from './playbook-tasks.repository.js';
import type { RunPlace } from './playbook-tasks.repository.js';
import {
  PLAYBOOK_NOT_FOUND,
  PLAYBOOK_RUN_NOT_FOUND,
  PLAYBOOK_RUN_SERVER_NOT_FOUND,
  PLAYBOOK_RUN_STATE_CONFLICT,
} from './playbooks.errors.js';

/** One playbook on many servers: one operation on each of them. */
@Injectable()
export class PlaybookRunsService {
  constructor(
    private readonly repository: PlaybookRunsRepository,
    private readonly tasks: PlaybookTasksRepository,
    private readonly planner: PlaybookRunPlanner,
    private readonly operations: OperationsService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly news: PlaybookNews,
  ) {}

  /**
   * Accepts a run: all of its operations are stored, or none.
   *
   * @throws AppError what {@link PlaybookRunPlanner.plan} refuses, what an operation refuses, and
   *   idempotency_key_reused
   */
  async create(
    body: CreatePlaybookRun,
    actor: Actor,
    idempotencyKey: string | undefined,
  ): Promise<PlaybookRunDetails> {
    const key = parsedKey(idempotencyKey);
    const first = key === null ? undefined : await this.repository.findByKey(actor, key);
    if (first) return this.sameAs(first, body);
    const { run, serverIds } = await this.planner.plan(body);
    const id = await this.accept(
      { ...run, id: newRowId(), retryOf: null, author: actor, idempotencyKey: key },
      serverIds,
      actor,
    );
    if (id !== null) return this.get(id);
    // Somebody used the key in the same instant.
    const other = await this.repository.findByKey(actor, key ?? '');
    if (!other) throw new Error('an idempotency key is taken but has no run');
    return this.sameAs(other, body);
  }

  /** One run with what it came to on each server. @throws AppError playbook_run_not_found */
  async get(id: string): Promise<PlaybookRunDetails> {
    const run = await this.find(id);
    return runDetailsOf(run, await this.repository.servers(id));
  }

  /** Like {@link PlaybookRunsService.get}, once it has ended on every server, or when `signal` fires. */
  finished(id: string, signal: AbortSignal): Promise<PlaybookRunDetails> {
    const isFinished = ({ finished }: PlaybookRunDetails): boolean => finished;
    return this.news.untilRun(id, () => this.get(id), isFinished, signal);
  }

  /** A page of runs, newest first. */
  async list(query: PlaybookRunQuery): Promise<PlaybookRunPage> {
    const { limit, cursor, playbook, server_id: serverId, state: states } = query;
    const before = cursor === undefined ? undefined : decodeCursor(cursor, 2);
    const filter = { playbook, serverId, operationId: query.operation_id, states };
    const rows = await this.repository.list(filter, limit + 1, before);
    const counts = await this.repository.counts(rows.map(({ id }) => id));
    const page = pageFrom(
      rows,
      limit,
      ({ createdAt, id }) => [createdAt.toISOString(), id],
      (run) =>
        runSummaryOf(
          run,
          counts.filter(({ runId }) => runId === run.id),
        ),
    );
    // One that moved on between the two questions is not what was asked for any more.
    return { ...page, items: page.items.filter(({ state }) => states?.includes(state) ?? true) };
  }

  /** Results of one server. @throws AppError playbook_run_not_found, playbook_run_server_not_found */
  async results(place: RunPlace, { after, limit }: PlaybookTaskQuery): Promise<PlaybookTasks> {
    await this.find(place.runId);
    // Both are stored at once: read in this order, what runs now is never older than the results.
    const results = await this.tasks.list(place, after, limit);
    const progress = await this.tasks.progress(place);
    if (!progress) {
      throw new AppError(
        PLAYBOOK_RUN_SERVER_NOT_FOUND,
        `The run has no server with the id ${place.serverId}.`,
      );
    }
    return tasksOf(results, after, progress);
  }

  /** Cancels a run where it has not ended; those that wait first. @throws AppError playbook_run_not_found */
  async cancel(id: string, actor: Actor): Promise<PlaybookRunCancelReport> {
    const run = await this.find(id);
    const servers = await this.repository.servers(id);
    const waiting = servers.filter(({ state }) => state === 'pending');
    const running = servers.filter(({ state }) => state === 'running');
    let cancelled = 0;
    for (const { operationId } of [...waiting, ...running]) {
      if (await this.cancelOperation(operationId, actor)) cancelled += 1;
    }
    await this.transactions.run(({ manager }) =>
      this.record(manager, 'playbook_run.cancel', run, actor, { servers: cancelled }),
    );
    return { run: await this.get(id), cancelled };
  }

  /**
   * Runs the same again on the servers where it failed or was cancelled, as a new run.
   *
   * @throws AppError playbook_run_not_found, playbook_run_state_conflict, playbook_not_found
   */
  async retry(id: string, actor: Actor): Promise<PlaybookRunDetails> {
    const run = await this.find(id);
    const servers = await this.repository.servers(id);
    if (servers.some(({ state }) => state === 'pending' || state === 'running')) {
      throw conflict('It has not ended yet', 'running');
    }
    if (run.playbook.version !== null && run.playbook.id === null) {
      throw new AppError(PLAYBOOK_NOT_FOUND, `“${run.playbook.name}” was removed.`);
    }
    const failed = servers.filter(({ state }) => state !== 'succeeded');
    const serverIds = await this.planner.existing(failed.map(({ serverId }) => serverId));
    if (serverIds.length === 0)
      throw conflict('There is no server to run it on again', 'succeeded');
    const secrets = await this.repository.secrets(id);
    const accepted = await this.accept(
      {
        ...run,
        id: newRowId(),
        selector: { server_ids: serverIds },
        secrets,
        retryOf: id,
        author: actor,
        idempotencyKey: null,
      },
      serverIds,
      actor,
    );
    return this.get(accepted ?? id);
  }

  /** Stores a run with its operations. Answers null when the idempotency key is taken. */
  private async accept(
    run: NewRun,
    serverIds: readonly string[],
    actor: Actor,
  ): Promise<string | null> {
    return this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      if (!(await this.repository.insert(manager, run))) return null;
      const { batchId, operationIds } = await this.operations.requestBatch(manager, {
        type: RUN_PLAYBOOK,
        targets: serverIds.map((serverId) => ({ serverId, params: { run_id: run.id } })),
        limitParallel: run.options.limit_parallel,
        stopOnFailure: run.options.stop_on_failure,
        actor,
      });
      const servers = serverIds.map((serverId, index) => ({
        serverId,
        operationId: operationIds[index] ?? '',
      }));
      await this.repository.insertServers(manager, run.id, batchId, servers);
      await this.record(manager, 'playbook_run.create', run, actor, {
        servers: serverIds.length,
        check: run.options.check,
        retry_of: run.retryOf,
      });
      transaction.afterCommit(async () => {
        this.news.run(run.id, null);
        await this.operations.wakeBatch({ operationIds });
      });
      return run.id;
    });
  }

  private async cancelOperation(id: string, actor: Actor): Promise<boolean> {
    try {
      await this.operations.cancel(id, actor);
      return true;
    } catch (error) {
      // It ended meanwhile.
      if (error instanceof AppError && error.is(OPERATION_STATE_CONFLICT)) return false;
      throw error;
    }
  }

  private async find(id: string): Promise<StoredRun> {
    const run = await this.repository.find(id);
    if (!run)
      throw new AppError(PLAYBOOK_RUN_NOT_FOUND, `There is no playbook run with the id ${id}.`);
    return run;
  }

  private async sameAs(first: StoredRun, body: CreatePlaybookRun): Promise<PlaybookRunDetails> {
    const secrets = await this.repository.secrets(first.id);
    if (this.planner.isSame(body, first, secrets)) return this.get(first.id);
    throw new AppError(
      IDEMPOTENCY_KEY_REUSED,
      'Another run was accepted with this key. Use a new key for a new run.',
      { run_id: first.id },
    );
  }

  private record(
    manager: EntityManager,
    action: string,
    { id, playbook }: Pick<StoredRun, 'id' | 'playbook'>,
    actor: Actor,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.audit.record(manager, {
      actor,
      action,
      object: { type: 'playbook_run', id, name: playbook.name },
      outcome: 'success',
      details: { version: playbook.version, ...details },
    });
  }
}

function parsedKey(key: string | undefined): string | null {
  if (key === undefined) return null;
  const parsed = IdempotencyKey.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new AppError(INVALID_REQUEST, 'Idempotency-Key: must be 1-255 visible ASCII characters');
}

function conflict(reason: string, state: string): AppError {
  return new AppError(PLAYBOOK_RUN_STATE_CONFLICT, `${reason}.`, { state });
}
