import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { decodeCursor, pageFrom } from '../platform/http/index.js';
import { SERVER_NOT_FOUND, SERVER_STATUSES, ServersService } from '../servers/index.js';
import { CommandDispatcher } from './command-dispatcher.js';
import { isSameRequest, refuseUnsendable } from './command-request.js';
import type { CommandRequest } from './command-request.js';
import { IDEMPOTENCY_KEY_REUSED, NO_SERVER_SELECTED, RUN_NOT_FOUND } from './commands.errors.js';
import { requestFrom } from './commands.mapping.js';
import { CommandsRepository } from './commands.repository.js';
import type { CreateRun } from './commands.schema.js';
import { auditedRequest, CommandsService } from './commands.service.js';
import { InputsRepository } from './inputs.repository.js';
import { RunsRepository } from './runs.repository.js';
import type { Run, RunCount, RunSelector } from './runs.repository.js';
import type { RunCancelReport, RunDescription, RunPage, RunsQuery } from './runs.schema.js';

/** The same command on many servers. */
@Injectable()
export class RunsService {
  constructor(
    private readonly repository: RunsRepository,
    private readonly commandsRepository: CommandsRepository,
    private readonly commands: CommandsService,
    private readonly inputs: InputsRepository,
    private readonly servers: ServersService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly dispatcher: CommandDispatcher,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
  ) {}

  /**
   * Accepts a run: all of its commands are stored, or none. Servers selected by labels are those that have
   * them now, except those being removed.
   *
   * @throws AppError no_server_selected, server_not_found, command_too_large, idempotency_key_reused
   */
  async create(
    body: CreateRun,
    actor: Actor,
    idempotencyKey: string | null,
  ): Promise<RunDescription> {
    const request = requestFrom(body, this.config.commands.default_timeout_seconds);
    refuseUnsendable(request);
    const selector: RunSelector = body.server_ids
      ? { server_ids: [...new Set(body.server_ids)] }
      : { labels: body.labels ?? {} };
    const serverIds = await this.select(selector);
    const run = await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const id = newRowId();
      const inputId = await this.inputs.insert(manager, request);
      const row = { id, request: request.visible, selector, inputId };
      if (!(await this.repository.insert(manager, row, actor, idempotencyKey))) {
        return this.firstOf(manager, actor, idempotencyKey ?? '', selector, request);
      }
      const added = await this.commandsRepository.insertForRun(
        manager,
        { runId: id, actor, request: request.visible, inputId },
        serverIds.map((serverId) => ({ id: newRowId(), serverId })),
      );
      // Servers that were removed since they were selected.
      refuseMissing(selector, added);
      await this.audit.record(manager, {
        actor,
        action: 'run.create',
        object: { type: 'run', id },
        outcome: 'success',
        details: { servers: added.length, ...auditedRequest(request) },
      });
      transaction.afterCommit(() => {
        this.dispatcher.kick();
        return Promise.resolve();
      });
      return this.find(id, manager);
    });
    return this.described(run);
  }

  /** One run with its script. @throws AppError run_not_found */
  async get(id: string): Promise<RunDescription> {
    const run = await this.find(id);
    return { ...(await this.described(run)), script: await this.inputs.script(run.inputId) };
  }

  /** A page of runs, newest first. */
  async list({ limit, cursor }: RunsQuery): Promise<RunPage> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, 2);
    const rows = await this.repository.list(limit + 1, before);
    const counts = await this.repository.counts(rows.map(({ id }) => id));
    const page = pageFrom(
      rows,
      limit,
      ({ createdAt, id }) => [createdAt.toISOString(), id],
      (run) => describeRun(run, counts),
    );
    return { ...page, items: [...page.items] };
  }

  /** Cancels what has not ended. @throws AppError run_not_found */
  async cancel(id: string, graceSeconds: number, actor: Actor): Promise<RunCancelReport> {
    await this.find(id);
    const cancelled = await this.commands.cancelRun(id, graceSeconds, actor);
    return { run: await this.described(await this.find(id)), cancelled };
  }

  private async select(selector: RunSelector): Promise<readonly string[]> {
    if (selector.server_ids) {
      refuseMissing(selector, await this.servers.ids({}));
      return selector.server_ids;
    }
    const statuses = SERVER_STATUSES.filter((status) => status !== 'removing');
    const ids = await this.servers.ids({ labels: selector.labels ?? {}, statuses });
    refuseMissing(selector, ids);
    return ids;
  }

  private async find(id: string, manager?: EntityManager): Promise<Run> {
    const run = await this.repository.find(id, manager);
    if (!run) throw new AppError(RUN_NOT_FOUND, `There is no run with the id ${id}.`);
    return run;
  }

  private async firstOf(
    manager: EntityManager,
    actor: Actor,
    key: string,
    selector: RunSelector,
    request: CommandRequest,
  ): Promise<Run> {
    const first = await this.repository.findByKey(manager, actor, key);
    if (!first) throw new Error('an idempotency key is taken but has no run');
    const input = await this.inputs.open(first.inputId, manager);
    const isSame =
      isDeepStrictEqual(first.selector, selector) &&
      isSameRequest({ visible: first.request, ...input }, request);
    if (isSame) return first;
    throw new AppError(
      IDEMPOTENCY_KEY_REUSED,
      'Another run was accepted with this key. Use a new key for a new run.',
      { run_id: first.id },
    );
  }

  private async described(run: Run): Promise<RunDescription> {
    return describeRun(run, await this.repository.counts([run.id]));
  }
}

/** @throws AppError server_not_found, no_server_selected */
function refuseMissing(selector: RunSelector, found: readonly string[]): void {
  const known = new Set(found);
  const unknown = selector.server_ids?.find((id) => !known.has(id));
  if (unknown !== undefined) {
    throw new AppError(SERVER_NOT_FOUND, `There is no server with the id ${unknown}.`);
  }
  if (found.length === 0) {
    throw new AppError(NO_SERVER_SELECTED, 'No server has all of these labels.');
  }
}

function describeRun(run: Run, allCounts: readonly RunCount[]): RunDescription {
  const counts = allCounts.filter(({ runId }) => runId === run.id);
  const sum = (matching: (count: RunCount) => boolean): number =>
    counts.filter(matching).reduce((total, { commands }) => total + commands, 0);
  const statuses = [...new Set(counts.map(({ status }) => status))];
  const outcomes = [...new Set(counts.map(({ outcome }) => outcome))].filter((o) => o !== null);
  return {
    id: run.id,
    actor: { kind: run.actorKind, id: run.actorId, name: run.actorName },
    request: {
      ...run.request,
      args: [...run.request.args],
      env_names: [...run.request.env_names],
    },
    selector: {
      ...(run.selector.server_ids && { server_ids: [...run.selector.server_ids] }),
      ...(run.selector.labels && { labels: { ...run.selector.labels } }),
    },
    created_at: run.createdAt.toISOString(),
    finished: counts.every(({ status }) => status === 'finished'),
    commands: sum(() => true),
    by_status: Object.fromEntries(statuses.map((s) => [s, sum(({ status }) => status === s)])),
    by_outcome: Object.fromEntries(outcomes.map((o) => [o, sum(({ outcome }) => outcome === o)])),
  };
}
