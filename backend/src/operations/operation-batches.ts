import type { EntityManager } from 'typeorm';
import { newRowId } from '../platform/database/index.js';
import { Operation } from './operation.entity.js';
import type { OperationFailure } from './operation.entity.js';

/** How the operations of a batch are carried out. */
export interface BatchTerms {
  /** Operations of the batch that run at the same time. */
  readonly limitParallel: number;
  /** Whether those that wait are cancelled when one fails. */
  readonly stopOnFailure: boolean;
}

/** Stores a batch that has no operations yet. */
export async function insertBatch(manager: EntityManager, terms: BatchTerms): Promise<string> {
  const id = newRowId();
  await manager.query(
    'INSERT INTO operation_batches (id, limit_parallel, stop_on_failure) VALUES ($1, $2, $3)',
    [id, terms.limitParallel, terms.stopOnFailure],
  );
  return id;
}

/**
 * Makes claims of one batch wait for each other until the transaction ends: each sees how many run after
 * the one before it. Locks nothing for an operation without a batch.
 */
export async function lockBatchOf(manager: EntityManager, operationId: string): Promise<void> {
  await manager.query(
    `SELECT batch.id FROM operation_batches batch JOIN operations o ON o.batch_id = batch.id
     WHERE o.id = $1 FOR UPDATE OF batch`,
    [operationId],
  );
}

/** SQL that is true when the batch of the operation `o`, if it has one, has room for one more. */
export const BATCH_HAS_ROOM = `(o.batch_id IS NULL OR (
  SELECT count(*) FROM operations member WHERE member.batch_id = o.batch_id AND member.state = 'running'
) < (SELECT limit_parallel FROM operation_batches batch WHERE batch.id = o.batch_id))`;

/**
 * Cancels what waits in the batch of an operation that failed, when the batch is to stop then. Answers the
 * cancelled operations as they are now.
 */
export async function stopBatch(manager: EntityManager, failed: Operation): Promise<Operation[]> {
  if (failed.batchId === null) return [];
  await lockBatchOf(manager, failed.id);
  const reason: OperationFailure = {
    step: '',
    layer: 'manager',
    code: 'batch_stopped',
    message: `Not begun: it failed on “${failed.serverName}”, and the rest was to wait for that.`,
  };
  const [rows] = await manager.query<[{ id: string }[], number]>(
    `UPDATE operations o SET state = 'cancelled', cancel_requested_at = now(), finished_at = now(),
       error = $3
     FROM operation_batches batch
     WHERE batch.id = $1 AND batch.stop_on_failure AND o.batch_id = batch.id AND o.state = 'pending'
       AND o.id <> $2
     RETURNING o.id`,
    [failed.batchId, failed.id, JSON.stringify(reason)],
  );
  if (rows.length === 0) return [];
  return manager
    .createQueryBuilder(Operation, 'operation')
    .where('operation.id IN (:...ids)', { ids: rows.map(({ id }) => id) })
    .orderBy('operation.id')
    .getMany();
}
