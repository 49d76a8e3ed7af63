import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { ManagerConfig, MANAGER_CONFIG } from '../platform/config/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { LeaseLost, ShuttingDown } from './operation-definition.js';
import type { AnyOperationDefinition, Ending } from './operation-definition.js';
import { stopBatch } from './operation-batches.js';
import { OperationLease } from './operation-lease.js';
import { OperationNews } from './operation-news.js';
import { OperationRunner } from './operation-runner.js';
import type { Operation, OperationFailure } from './operation.entity.js';
import { OperationsRepository } from './operations.repository.js';

/**
 * Works on operations: claims them one by one under a lease, runs their steps, and finds those whose
 * wake-up or worker got lost. Several engines, in several managers, share the work.
 */
@Injectable()
export class OperationEngine implements BeforeApplicationShutdown {
  private readonly definitions = new Map<string, AnyOperationDefinition>();
  /** What this engine works on, from before it is claimed until all that follows from it is done. */
  private readonly working = new Map<string, Promise<boolean>>();
  private readonly runners = new Map<string, OperationRunner>();
  private readonly owner = `${hostname()}:${String(process.pid)}:${randomUUID().slice(0, 8)}`;
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: TransactionRunner,
    private readonly repository: OperationsRepository,
    private readonly news: OperationNews,
    private readonly audit: AuditService,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Makes a type of operation known. @throws Error when the type is taken or two steps share a name. */
  register(definition: AnyOperationDefinition): void {
    if (this.definitions.has(definition.type)) {
      throw new Error(`operation type ${definition.type} is registered twice`);
    }
    const names = new Set(definition.steps.map(({ name }) => name));
    if (names.size !== definition.steps.length) {
      throw new Error(`operation type ${definition.type} has two steps of one name`);
    }
    this.definitions.set(definition.type, definition);
  }

  /** The definition of a type, if there is one. */
  definition(type: string): AnyOperationDefinition | undefined {
    return this.definitions.get(type);
  }

  /**
   * Works on an operation until it ends, when it is its turn and this engine has room. Never rejects: what
   * is not finished here is found again by {@link OperationEngine.sweep}.
   */
  async work(id: string): Promise<void> {
    if (this.isStopping || this.working.has(id)) return;
    if (this.working.size >= this.config.operations.concurrency) return;
    const working = this.claimAndRun(id).then(
      () => true,
      (error: unknown) => {
        this.logger.error({ err: error, operation: id }, 'operation interrupted');
        return false;
      },
    );
    this.working.set(id, working);
    const isDone = await working;
    this.working.delete(id);
    // Its end may have made room, or made it another operation's turn.
    if (isDone) void this.sweep();
  }

  /** Works on everything that waits for a worker. Never rejects. */
  async sweep(): Promise<void> {
    if (this.isStopping) return;
    try {
      const ids = await this.repository.claimable(this.config.operations.concurrency * 2);
      for (const id of ids) void this.work(id);
    } catch (error) {
      this.logger.warn({ err: error }, 'looking for operations failed; it will be tried again');
    }
  }

  /** Tells a run of this engine at once that it is cancelled; other engines see it at their next renewal. */
  cancel(id: string): void {
    this.runners.get(id)?.cancel();
  }

  /** Stops all runs, and hands them over to whoever claims them next. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const runner of this.runners.values()) runner.halt(new ShuttingDown());
    await Promise.all(this.working.values());
  }

  /** Writes what follows from any ending, in its transaction. */
  async recordEnding(manager: EntityManager, ending: Ending): Promise<void> {
    const { operation, outcome } = ending;
    await this.definitions.get(operation.type)?.ended?.(manager, ending);
    // Another fruitless try to clean up is no news.
    if (outcome === 'cleanup_pending' && operation.cleanupAttempts > 0) return;
    await this.audit.record(manager, {
      actor: operation.actor,
      action: 'operation.finish',
      object: { type: 'operation', id: operation.id, name: operation.type },
      outcome: outcome === 'succeeded' ? 'success' : 'failure',
      details: {
        state: outcome,
        server_id: ending.serverId,
        server_name: operation.serverName,
        error: operation.error,
      },
    });
  }

  /** Writes what follows from the end of a run; `stopped` gets what it cancelled in its batch. */
  private async recordFinish(
    manager: EntityManager,
    ending: Ending,
    stopped: Operation[],
  ): Promise<void> {
    await this.recordEnding(manager, ending);
    // The transaction may run again: what it cancelled then counts.
    stopped.length = 0;
    const { operation, outcome } = ending;
    if (outcome !== 'failed' && outcome !== 'cleanup_pending') return;
    for (const waiting of await stopBatch(manager, operation)) {
      stopped.push(waiting);
      if (waiting.serverId === null) continue;
      const { serverId } = waiting;
      await this.recordEnding(manager, { operation: waiting, serverId, outcome: 'cancelled' });
    }
  }

  /** Tells followers of operations that ended without a run. Never fails. */
  private async tell(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      this.news.operation(operation);
      if (operation.serverId === null) continue;
      await this.definitions.get(operation.type)?.announced?.(operation.serverId);
    }
  }

  private async claimAndRun(id: string): Promise<void> {
    const terms = { owner: this.owner, seconds: this.config.operations.lease_seconds };
    const claimed = await OperationLease.claim(this.dataSource, this.transactions, id, terms);
    if (!claimed) return;
    const { lease, operation } = claimed;
    const outdated = await this.reasonNotToRun(operation);
    if (outdated) {
      await this.giveUp(lease, operation, outdated);
      return;
    }
    const stopped: Operation[] = [];
    const runner = await this.runnerFor(lease, operation, stopped);
    // Claimed while the manager was asked to stop: handed over at once, not when the lease runs out.
    if (this.isStopping) runner.halt(new ShuttingDown());
    this.runners.set(id, runner);
    const stopRenewing = this.keepRenewing(lease, runner, operation.id);
    try {
      await runner.run();
    } finally {
      stopRenewing();
      this.runners.delete(id);
      await this.tell(stopped);
    }
  }

  private async runnerFor(
    lease: OperationLease,
    operation: Operation,
    stopped: Operation[],
  ): Promise<OperationRunner> {
    const definition = this.definitions.get(operation.type);
    if (!definition) throw new Error(`there is no operation type ${operation.type}`);
    return new OperationRunner({
      lease,
      definition,
      operation,
      steps: await this.repository.steps(operation.id),
      news: this.news,
      logger: this.logger,
      ended: (manager, ending) => this.recordFinish(manager, ending, stopped),
    });
  }

  private keepRenewing(lease: OperationLease, runner: OperationRunner, id: string): () => void {
    const leaseMs = this.config.operations.lease_seconds * 1000;
    let validUntil = performance.now() + leaseMs;
    const renew = async (): Promise<void> => {
      const asked = performance.now();
      try {
        const { cancelRequested } = await lease.renew();
        validUntil = asked + leaseMs;
        if (cancelRequested) runner.cancel();
      } catch (error) {
        const isOver = error instanceof LeaseLost || performance.now() >= validUntil;
        this.logger.warn({ err: error, operation: id, stops: isOver }, 'lease not renewed');
        if (isOver) runner.halt(new LeaseLost());
      }
    };
    const timer = setInterval(() => void renew(), leaseMs / 3);
    return () => {
      clearInterval(timer);
    };
  }

  /** Why nobody can work on this operation any more, if so. */
  private async reasonNotToRun(operation: Operation): Promise<OperationFailure | null> {
    const failure = (code: string, message: string): OperationFailure => ({
      step: operation.error?.step ?? '',
      layer: 'manager',
      code,
      message,
    });
    if (operation.serverId === null) {
      return failure('server_removed', 'The server was removed before the operation ended.');
    }
    const definition = this.definitions.get(operation.type);
    const rows = await this.repository.steps(operation.id);
    const known = new Set(definition?.steps.map(({ name }) => name));
    const isKnown = rows.every(({ name }) => known.has(name));
    if (definition && isKnown && definition.memory.safeParse(operation.memory).success) return null;
    return failure(
      'operation_outdated',
      'This operation was begun by a version of the manager with other steps. Ask for it again.',
    );
  }

  private async giveUp(
    lease: OperationLease,
    operation: Operation,
    reason: OperationFailure,
  ): Promise<void> {
    operation.error ??= reason;
    await lease.turnBack(operation.error);
    const { leftovers, serverId } = operation;
    const stopped: Operation[] = [];
    await lease.finish(
      { state: 'failed', leftovers, cleanupPauseSeconds: null },
      async (manager) => {
        if (serverId === null) return;
        await this.recordFinish(manager, { operation, serverId, outcome: 'failed' }, stopped);
      },
    );
    operation.state = 'failed';
    this.news.operation(operation);
    await this.tell(stopped);
  }
}
