import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { newRowId } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Operation, OperationLogLine, OperationStepRow } from './operation.entity.js';
import type { OperationState } from './operation.entity.js';

/** What a list of operations is narrowed by. */
export interface OperationFilter {
  readonly serverId?: string | undefined;
  readonly type?: string | undefined;
  readonly state?: OperationState | undefined;
  readonly batchId?: string | undefined;
}

/** An operation to store. */
export interface NewOperation {
  readonly type: string;
  readonly serverId: string;
  readonly serverName: string;
  readonly params: Record<string, unknown>;
  readonly actor: Actor;
  readonly batchId?: string | undefined;
  readonly steps: readonly { readonly name: string; readonly title: string }[];
}

/** An operation with its steps, in order. */
export interface OperationWithSteps {
  readonly operation: Operation;
  readonly steps: readonly OperationStepRow[];
}

/** Reads operations, and writes what no worker's lease is needed for. */
@Injectable()
export class OperationsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Operation | null> {
    return this.dataSource.manager.findOneBy(Operation, { id });
  }

  /** Reads one row and keeps others from changing it until the transaction ends. */
  lock(manager: EntityManager, id: string): Promise<Operation | null> {
    return manager.findOne(Operation, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** What of a server is not over, oldest first; nobody begins or ends any of it until the transaction ends. */
  lockOpen(manager: EntityManager, serverId: string): Promise<Operation[]> {
    return manager.find(Operation, {
      where: { serverId, state: In(['pending', 'running']) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  steps(id: string, manager: EntityManager = this.dataSource.manager): Promise<OperationStepRow[]> {
    return manager.find(OperationStepRow, {
      where: { operationId: id },
      order: { position: 'ASC' },
    });
  }

  /** At most `limit` operations, newest first, those before the id `before`. */
  list(filter: OperationFilter, limit: number, before?: string): Promise<Operation[]> {
    const query = this.dataSource.manager
      .createQueryBuilder(Operation, 'operation')
      .where('true')
      .orderBy('operation.id', 'DESC')
      .limit(limit);
    if (filter.serverId !== undefined) {
      query.andWhere('operation.server_id = :serverId', { serverId: filter.serverId });
    }
    if (filter.type !== undefined) query.andWhere('operation.type = :type', { type: filter.type });
    if (filter.state !== undefined) {
      query.andWhere('operation.state = :state', { state: filter.state });
    }
    if (filter.batchId !== undefined) {
      query.andWhere('operation.batch_id = :batchId', { batchId: filter.batchId });
    }
    if (before !== undefined) query.andWhere('operation.id < :before', { before });
    return query.getMany();
  }

  /** At most `limit` log lines after the sequence number `after`. */
  log(id: string, after: number, limit: number): Promise<OperationLogLine[]> {
    return this.dataSource.manager
      .createQueryBuilder(OperationLogLine, 'line')
      .where('line.operation_id = :id AND line.seq > :after', { id, after })
      .orderBy('line.seq', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Ids of operations that a worker could claim now, oldest first. */
  async claimable(limit: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      // Of each batch no more than it has room for: a long one must not hide what comes after it.
      `SELECT id FROM (
         SELECT o.id, o.batch_id, row_number() OVER (PARTITION BY o.batch_id ORDER BY o.id) AS place
         FROM operations o
         WHERE (state = 'pending' AND NOT EXISTS (
             SELECT FROM operations other WHERE other.server_id = o.server_id
               AND (other.state = 'running' OR (other.state = 'pending' AND other.id < o.id))))
           OR (state = 'cleanup_pending' AND cleanup_after <= clock_timestamp() AND NOT EXISTS (
             SELECT FROM operations other WHERE other.server_id = o.server_id
               AND other.state IN ('running', 'pending')))
       ) AS waiting
       WHERE batch_id IS NULL OR place <= (
         SELECT limit_parallel FROM operation_batches batch WHERE batch.id = waiting.batch_id
       ) - (
         SELECT count(*) FROM operations member
         WHERE member.batch_id = waiting.batch_id AND member.state = 'running')
       UNION ALL
       SELECT id FROM operations WHERE state = 'running' AND lease_until <= clock_timestamp()
       ORDER BY id LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** How many operations wait for a server. */
  countPending(manager: EntityManager, serverId: string): Promise<number> {
    return manager.countBy(Operation, { serverId, state: 'pending' });
  }

  async insert(manager: EntityManager, operation: NewOperation): Promise<string> {
    const id = newRowId();
    await manager.query(
      `INSERT INTO operations (id, type, server_id, server_name, params, state, actor, batch_id)
       VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7)`,
      [
        id,
        operation.type,
        operation.serverId,
        operation.serverName,
        JSON.stringify(operation.params),
        JSON.stringify(operation.actor),
        operation.batchId ?? null,
      ],
    );
    await manager.query(
      `INSERT INTO operation_steps (operation_id, position, name, title, state)
       SELECT $1, ordinality - 1, name, title, 'pending'
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS step (name, title, ordinality)`,
      [id, operation.steps.map(({ name }) => name), operation.steps.map(({ title }) => title)],
    );
    return id;
  }

  /** Ends an operation that no worker has begun. */
  async cancelPending(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      `UPDATE operations SET state = 'cancelled', cancel_requested_at = now(), finished_at = now()
       WHERE id = $1 AND state = 'pending'`,
      [id],
    );
  }

  async requestCancel(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      'UPDATE operations SET cancel_requested_at = now() WHERE id = $1 AND cancel_requested_at IS NULL',
      [id],
    );
  }

  /** Lines an ended operation up again, from its first step that is not done. */
  async restart(manager: EntityManager, id: string, alwaysAgain: readonly string[]): Promise<void> {
    await manager.query(
      `UPDATE operations SET state = 'pending', direction = 'forward', error = NULL,
         leftovers = '[]', cancel_requested_at = NULL, finished_at = NULL, attempt = attempt + 1,
         cleanup_attempts = 0
       WHERE id = $1`,
      [id],
    );
    await manager.query(
      `UPDATE operation_steps SET state = 'pending', error = NULL, started_at = NULL,
         finished_at = NULL, progress_done = NULL, progress_total = NULL, progress_unit = NULL
       WHERE operation_id = $1 AND (state NOT IN ('succeeded', 'skipped') OR name = ANY($2))`,
      [id, alwaysAgain],
    );
  }

  /** Makes leftovers due for another try. */
  async cleanUpNow(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      `UPDATE operations SET cleanup_after = now() WHERE id = $1 AND state = 'cleanup_pending'`,
      [id],
    );
  }
}
