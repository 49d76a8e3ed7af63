import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { INVALID_REQUEST, pageFrom, decodeCursor } from '../platform/http/index.js';
import type { Actor, Page } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, ServersService } from '../servers/index.js';
import type { AnyOperationDefinition } from './operation-definition.js';
import { insertBatch } from './operation-batches.js';
import type { BatchTerms } from './operation-batches.js';
import { OperationNews } from './operation-news.js';
import type { Operation, OperationLogLine } from './operation.entity.js';
import { OperationEngine } from './operations.engine.js';
import {
  OPERATION_NOT_FOUND,
  OPERATION_STATE_CONFLICT,
  OPERATION_WITHOUT_SERVER,
  TOO_MANY_OPERATIONS,
  UNKNOWN_OPERATION_TYPE,
} from './operations.errors.js';
import { OperationsQueue } from './operations.jobs.js';
import { OperationsRepository } from './operations.repository.js';
import type { OperationFilter, OperationWithSteps } from './operations.repository.js';

/** Operations that may wait for one server. */
const PENDING_LIMIT = 10;

/** A request for an operation. */
export interface OperationRequest {
  readonly type: string;
  readonly serverId: string;
  readonly params?: Record<string, unknown>;
  readonly actor: Actor;
}

/** A request for the same operation on many servers. */
export interface BatchRequest extends BatchTerms {
  readonly type: string;
  readonly targets: readonly {
    readonly serverId: string;
    readonly params?: Record<string, unknown>;
  }[];
  readonly actor: Actor;
}

/** Accepts, shows and steers operations. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly repository: OperationsRepository,
    private readonly engine: OperationEngine,
    private readonly queue: OperationsQueue,
    private readonly servers: ServersService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly news: OperationNews,
  ) {}

  /** Makes a type of operation known. @throws Error when the type is taken. */
  register(definition: AnyOperationDefinition): void {
    this.engine.register(definition);
  }

  /**
   * Stores an operation in the caller's transaction. Once that commits the operation will be carried out;
   * {@link OperationsService.wake} after the commit makes it start at once.
   *
   * @throws AppError unknown_operation_type, invalid_request, server_not_found, server_being_removed,
   *   too_many_operations, and what the type itself refuses.
   */
  async request(manager: EntityManager, request: OperationRequest): Promise<{ id: string }> {
    return { id: await this.store(manager, request) };
  }

  /**
   * Stores the same operation for many servers in the caller's transaction, all or none. A few run at a time;
   * the others wait, and are cancelled when one fails, if so asked. {@link OperationsService.wakeBatch}
   * after the commit makes the first ones start at once.
   *
   * @throws AppError like {@link OperationsService.request}, for the first server that is refused.
   */
  async requestBatch(
    manager: EntityManager,
    request: BatchRequest,
  ): Promise<{ batchId: string; operationIds: string[] }> {
    const { type, targets, actor } = request;
    // In one order for everybody: two batches over the same servers wait for each other once, not crosswise.
    for (const serverId of [...new Set(targets.map((target) => target.serverId))].sort()) {
      await this.servers.lock(manager, serverId);
    }
    const batchId = await insertBatch(manager, request);
    const operationIds: string[] = [];
    for (const { serverId, params = {} } of targets) {
      operationIds.push(await this.store(manager, { type, serverId, params, actor }, batchId));
    }
    return { batchId, operationIds };
  }

  private async store(
    manager: EntityManager,
    request: OperationRequest,
    batchId?: string,
  ): Promise<string> {
    const definition = this.definitionOf(request.type);
    const params = parsedParams(definition, request.params ?? {});
    const server = await this.servers.lock(manager, request.serverId);
    if (server.status === 'removing') {
      throw new AppError(SERVER_BEING_REMOVED, `“${server.name}” is being removed.`);
    }
    definition.admit?.(server);
    if ((await this.repository.countPending(manager, server.id)) >= PENDING_LIMIT) {
      throw new AppError(
        TOO_MANY_OPERATIONS,
        `${String(PENDING_LIMIT)} operations wait for “${server.name}” already. Wait, or cancel some.`,
      );
    }
    const id = await this.repository.insert(manager, {
      type: definition.type,
      serverId: server.id,
      serverName: server.name,
      params,
      actor: request.actor,
      batchId,
      steps: definition.steps,
    });
    await definition.requested?.(manager, server.id, params);
    await this.record(manager, 'operation.request', request.actor, {
      id,
      type: definition.type,
      serverId: server.id,
      serverName: server.name,
    });
    return id;
  }

  /** Starts an accepted operation at once, wherever there is room, and tells followers. Never fails. */
  async wake(id: string): Promise<void> {
    if (await this.announce(id)) await this.queue.wake(id);
  }

  /** Starts an accepted batch as far as it may, and tells followers. Never fails. */
  async wakeBatch({ operationIds }: { readonly operationIds: readonly string[] }): Promise<void> {
    const [first] = operationIds;
    // Whoever takes the first looks for all that it has room for once that one ends; this manager does now.
    if (first !== undefined) await this.queue.wake(first);
    await this.engine.sweep();
    for (const id of operationIds) await this.announce(id);
  }

  /** Accepts an operation that a person asked for by its type. */
  async accept(request: OperationRequest): Promise<OperationWithSteps> {
    const definition = this.engine.definition(request.type);
    if (!definition?.isRequestable) throw unknownType(request.type);
    const id = await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const accepted = await this.request(manager, request);
      transaction.afterCommit(() => this.wake(accepted.id));
      return accepted.id;
    });
    return this.get(id);
  }

  /** @throws AppError operation_not_found */
  async get(id: string): Promise<OperationWithSteps> {
    const operation = found(await this.repository.find(id), id);
    return { operation, steps: await this.repository.steps(id) };
  }

  /** A page of operations, newest first. */
  async list(filter: OperationFilter, limit: number, cursor?: string): Promise<Page<Operation>> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
    const rows = await this.repository.list(filter, limit + 1, before);
    return pageFrom(
      rows,
      limit,
      ({ id }) => [id],
      (operation) => operation,
    );
  }

  /** A page of the operations of one server, newest first. @throws AppError server_not_found */
  async listOfServer(serverId: string, limit: number, cursor?: string): Promise<Page<Operation>> {
    await this.servers.get(serverId);
    return this.list({ serverId }, limit, cursor);
  }

  /** The operation that works on a server now, if one does; none begins until the transaction ends. */
  async running(manager: EntityManager, serverId: string): Promise<Operation | undefined> {
    const open = await this.repository.lockOpen(manager, serverId);
    return open.find(({ state }) => state === 'running');
  }

  /** Log lines after the sequence number `after`. @throws AppError operation_not_found */
  async log(id: string, after: number, limit: number): Promise<OperationLogLine[]> {
    found(await this.repository.find(id), id);
    return this.repository.log(id, after, limit);
  }

  /**
   * Cancels an operation: at once when it waits; otherwise its current step is stopped and what was done is
   * undone. Cancelling twice is the same as once.
   *
   * @throws AppError operation_not_found; operation_state_conflict when it has ended or undoes itself.
   */
  async cancel(id: string, actor: Actor): Promise<OperationWithSteps> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const operation = found(await this.repository.lock(manager, id), id);
      const isUndoing = operation.state === 'running' && operation.direction === 'backward';
      if (operation.state === 'running' && !isUndoing) {
        await this.repository.requestCancel(manager, id);
        transaction.afterCommit(() => {
          this.engine.cancel(id);
          return Promise.resolve();
        });
      } else if (operation.state === 'pending') {
        await this.cancelWaiting(manager, operation);
        transaction.afterCommit(() => this.wake(id));
      } else if (!(isUndoing && operation.cancelRequestedAt !== null)) {
        throw conflict(operation, isUndoing ? 'It undoes itself already' : 'It has ended');
      }
      await this.recordOn(manager, 'operation.cancel', actor, operation);
    });
    return this.get(id);
  }

  /**
   * Lines a failed or cancelled operation up again; it goes on at its first step that is not done.
   *
   * @throws AppError operation_not_found, operation_state_conflict, operation_without_server
   */
  async retry(id: string, actor: Actor): Promise<OperationWithSteps> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const operation = found(await this.repository.lock(manager, id), id);
      if (operation.state !== 'failed' && operation.state !== 'cancelled') {
        throw conflict(operation, 'Only a failed or cancelled operation can be retried');
      }
      const definition = this.definitionOf(operation.type);
      const server = await this.servers.lock(manager, serverOf(operation));
      definition.admit?.(server);
      const alwaysAgain = definition.steps.filter(({ always }) => always).map(({ name }) => name);
      await this.repository.restart(manager, id, alwaysAgain);
      await definition.requested?.(manager, server.id, operation.params);
      await this.recordOn(manager, 'operation.retry', actor, operation);
      transaction.afterCommit(() => this.wake(id));
    });
    return this.get(id);
  }

  /**
   * Tries at once to remove what a failed operation left behind.
   *
   * @throws AppError operation_not_found, operation_state_conflict, operation_without_server
   */
  async cleanUp(id: string, actor: Actor): Promise<OperationWithSteps> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const operation = found(await this.repository.lock(manager, id), id);
      if (operation.state !== 'cleanup_pending') {
        throw conflict(operation, 'There is nothing left to clean up');
      }
      serverOf(operation);
      await this.repository.cleanUpNow(manager, id);
      await this.recordOn(manager, 'operation.cleanup', actor, operation);
      transaction.afterCommit(() => this.wake(id));
    });
    return this.get(id);
  }

  /** Tells followers of an operation as it is stored; answers whether there is one. */
  private async announce(id: string): Promise<boolean> {
    const operation = await this.repository.find(id);
    if (!operation) return false;
    this.news.operation(operation);
    if (operation.serverId !== null) {
      await this.engine.definition(operation.type)?.announced?.(operation.serverId);
    }
    return true;
  }

  private async cancelWaiting(manager: EntityManager, operation: Operation): Promise<void> {
    await this.repository.cancelPending(manager, operation.id);
    if (operation.serverId === null) return;
    await this.engine.recordEnding(manager, {
      operation,
      serverId: operation.serverId,
      outcome: 'cancelled',
    });
  }

  private definitionOf(type: string): AnyOperationDefinition {
    const definition = this.engine.definition(type);
    if (!definition) throw unknownType(type);
    return definition;
  }

  private recordOn(
    manager: EntityManager,
    action: string,
    actor: Actor,
    { id, type, serverId, serverName }: Operation,
  ): Promise<void> {
    return this.record(manager, action, actor, { id, type, serverId, serverName });
  }

  private record(
    manager: EntityManager,
    action: string,
    actor: Actor,
    of: Pick<Operation, 'id' | 'type' | 'serverId' | 'serverName'>,
  ): Promise<void> {
    return this.audit.record(manager, {
      actor,
      action,
      object: { type: 'operation', id: of.id, name: of.type },
      outcome: 'success',
      details: { server_id: of.serverId, server_name: of.serverName },
    });
  }
}

function found(operation: Operation | null, id: string): Operation {
  if (operation) return operation;
  throw new AppError(OPERATION_NOT_FOUND, `There is no operation with the id ${id}.`);
}

function serverOf(operation: Operation): string {
  if (operation.serverId !== null) return operation.serverId;
  throw new AppError(
    OPERATION_WITHOUT_SERVER,
    `The server “${operation.serverName}” was removed: there is nothing to work on.`,
  );
}

function conflict(operation: Operation, reason: string): AppError {
  return new AppError(OPERATION_STATE_CONFLICT, `${reason} (it is ${operation.state}).`, {
    state: operation.state,
  });
}

function unknownType(type: string): AppError {
  return new AppError(
    UNKNOWN_OPERATION_TYPE,
    `There is no operation of type “${type}” to ask for.`,
  );
}

function parsedParams(
  definition: AnyOperationDefinition,
  params: Record<string, unknown>,
): Record<string, unknown> {
  const parsed = definition.params.safeParse(params);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: ['params', ...path].map(String).join('.'),
    message,
  }));
  throw new AppError(INVALID_REQUEST, `params: ${errors[0]?.message ?? 'not valid'}`, { errors });
}
