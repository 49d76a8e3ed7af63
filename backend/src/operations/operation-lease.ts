import { QueryFailedError } from 'typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { TransactionRunner } from '../platform/database/index.js';
import { LeaseLost } from './operation-definition.js';
import type { AnyOperationDefinition, Progress } from './operation-definition.js';
import { BATCH_HAS_ROOM, lockBatchOf } from './operation-batches.js';
import { Operation } from './operation.entity.js';
import type { Leftover, LogLevel, OperationFailure, OperationState } from './operation.entity.js';
import type { OperationLogLine, StepState } from './operation.entity.js';

/** Log lines kept of one operation; what comes after is not stored, and the last line says so. */
export const LOG_LINES_LIMIT = 10_000;

/** A line to append to the log. */
export interface NewLogLine {
  readonly step: string | null;
  readonly at: Date;
  readonly level: LogLevel;
  readonly line: string;
}

/** How a step ended. */
export interface StepEnd {
  readonly position: number;
  readonly state: Extract<StepState, 'succeeded' | 'skipped' | 'failed' | 'undone' | 'undo_failed'>;
  readonly error: Omit<OperationFailure, 'step'> | null;
  readonly memory: unknown;
}

/** How an operation ended. */
export interface OperationEnd {
  readonly state: Exclude<OperationState, 'pending' | 'running'>;
  readonly leftovers: readonly Leftover[];
  /** Seconds until leftovers are tried again. Only for `cleanup_pending`. */
  readonly cleanupPauseSeconds: number | null;
  /** Whose leftovers it has put in order when it succeeded. Absent: nobody's. */
  readonly putsInOrder?: AnyOperationDefinition['putsInOrder'];
}

/** Who works, and for how long without renewal. The database's clock decides. */
export interface LeaseTerms {
  readonly owner: string;
  readonly seconds: number;
}

/**
 * A worker's exclusive right to one operation, and the only way a worker writes to it. Every write names
 * the epoch of its lease in the same statement or transaction: after a take-over it changes nothing and
 * throws {@link LeaseLost}.
 */
export class OperationLease {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: TransactionRunner,
    private readonly operationId: string,
    private readonly epoch: number,
    private readonly terms: LeaseTerms,
  ) {}

  /**
   * Takes an operation when it is its turn: waiting with nothing before it on its server and with
   * room in its batch, abandoned by a
   * worker whose lease ran out, or due for another try to clean up. Answers null otherwise.
   */
  static async claim(
    dataSource: DataSource,
    transactions: TransactionRunner,
    operationId: string,
    terms: LeaseTerms,
  ): Promise<{ lease: OperationLease; operation: Operation } | null> {
    try {
      return await transactions.run(async ({ manager }) => {
        await lockBatchOf(manager, operationId);
        const epoch = await claimRow(manager, operationId, terms);
        if (epoch === null) return null;
        const operation = await manager.findOneByOrFail(Operation, { id: operationId });
        const lease = new OperationLease(dataSource, transactions, operationId, epoch, terms);
        return { lease, operation };
      });
    } catch (error) {
      // Two workers claimed different operations of one server in the same instant; the index let one.
      if (isOnePerServer(error)) return null;
      throw error;
    }
  }

  /** Keeps the lease for its full time from now. Answers whether somebody asked to cancel. */
  async renew(): Promise<{ cancelRequested: boolean }> {
    const rows = await this.write<{ cancel: boolean }>(
      this.dataSource.manager,
      `UPDATE operations SET lease_until = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1 AND epoch = $2 AND state = 'running'
       RETURNING cancel_requested_at IS NOT NULL AS cancel`,
      [this.terms.seconds],
    );
    return { cancelRequested: rows[0]?.cancel === true };
  }

  /** Ends the lease now, so that another worker goes on at once. */
  async release(): Promise<void> {
    await this.write(
      this.dataSource.manager,
      `UPDATE operations SET lease_until = clock_timestamp()
       WHERE id = $1 AND epoch = $2 AND state = 'running' RETURNING id`,
    );
  }

  /** Runs `work` in a transaction that commits only while this lease holds. @throws LeaseLost */
  async transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.transactions.run(async ({ manager }) => {
      await this.write(
        manager,
        `SELECT id FROM operations WHERE id = $1 AND epoch = $2 AND state = 'running' FOR NO KEY UPDATE`,
      );
      return work(manager);
    });
  }

  /** Marks a step as running. */
  async beginStep(position: number): Promise<void> {
    await this.transaction((manager) =>
      manager.query(
        `UPDATE operation_steps SET state = 'running', started_at = now(), finished_at = NULL,
           error = NULL, progress_done = NULL, progress_total = NULL, progress_unit = NULL
         WHERE operation_id = $1 AND position = $2`,
        [this.operationId, position],
      ),
    );
  }

  /** Stores how a step ended, and what it remembers, together. */
  async endStep(end: StepEnd): Promise<void> {
    await this.transaction(async (manager) => {
      await manager.query(
        `UPDATE operation_steps SET state = $3, finished_at = now(),
           error = CASE WHEN $3 = 'undone' THEN error ELSE $4::jsonb END
         WHERE operation_id = $1 AND position = $2`,
        [this.operationId, end.position, end.state, jsonOrNull(end.error)],
      );
      await this.storeMemory(manager, end.memory);
    });
  }

  /** Stores what the steps remember. */
  async saveMemory(memory: unknown): Promise<void> {
    await this.transaction((manager) => this.storeMemory(manager, memory));
  }

  /** Stores how far a step is. */
  async saveProgress(position: number, { done, total, unit }: Progress): Promise<void> {
    await this.write(
      this.dataSource.manager,
      `UPDATE operation_steps s SET progress_done = $4, progress_total = $5, progress_unit = $6
       FROM operations o
       WHERE o.id = $1 AND o.epoch = $2 AND o.state = 'running' AND s.operation_id = o.id
         AND s.position = $3
       RETURNING s.position`,
      [position, Math.round(done), Math.round(total), unit],
    );
  }

  /** From now on the operation undoes itself: because of `error`, or to be cancelled when there is none. */
  async turnBack(error: OperationFailure | null): Promise<void> {
    await this.write(
      this.dataSource.manager,
      `UPDATE operations SET direction = 'backward', error = $3
       WHERE id = $1 AND epoch = $2 AND state = 'running' RETURNING id`,
      [jsonOrNull(error)],
    );
  }

  /** Appends lines to the log and answers them as stored; beyond the limit they are dropped. */
  async appendLog(lines: readonly NewLogLine[]): Promise<OperationLogLine[]> {
    return this.transaction(async (manager) => {
      const kept = await this.linesThatFit(manager, lines);
      if (kept.length === 0) return [];
      const rows: { log_seq: number }[] = await updated(
        manager,
        'UPDATE operations SET log_seq = log_seq + $2 WHERE id = $1 RETURNING log_seq',
        [this.operationId, kept.length],
      );
      const first = (rows[0]?.log_seq ?? 0) - kept.length + 1;
      await manager.query(
        `INSERT INTO operation_log (operation_id, seq, step, at, level, line)
         SELECT $1, $2 + ordinality - 1, step, at, level, line
         FROM unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[])
           WITH ORDINALITY AS new (step, at, level, line, ordinality)`,
        [
          this.operationId,
          first,
          kept.map(({ step }) => step),
          kept.map(({ at }) => at.toISOString()),
          kept.map(({ level }) => level),
          kept.map(({ line }) => line),
        ],
      );
      return kept.map((line, index) => ({
        ...line,
        operationId: this.operationId,
        seq: first + index,
      }));
    });
  }

  /** Ends the operation; `also` writes what follows from it in the same transaction. */
  async finish(end: OperationEnd, also: (manager: EntityManager) => Promise<void>): Promise<void> {
    await this.transaction(async (manager) => {
      await also(manager);
      await manager.query(
        `UPDATE operations SET state = $2, leftovers = $3, finished_at = now(), lease_owner = NULL,
           lease_until = NULL, cleanup_after = now() + make_interval(secs => $4::float8),
           cleanup_attempts = cleanup_attempts + CASE WHEN $2 = 'cleanup_pending' THEN 1 ELSE 0 END
         WHERE id = $1`,
        [this.operationId, end.state, JSON.stringify(end.leftovers), end.cleanupPauseSeconds],
      );
      if (end.state === 'succeeded' && end.putsInOrder) {
        await this.takeOverLeftovers(manager, end.putsInOrder);
      }
    });
  }

  /** What such an earlier operation left on this server belongs to this one, which has put it in order. */
  private async takeOverLeftovers(
    manager: EntityManager,
    { types, sameParam }: NonNullable<OperationEnd['putsInOrder']>,
  ): Promise<void> {
    await manager.query(
      `UPDATE operations earlier SET state = 'failed', leftovers = '[]', cleanup_after = NULL
       FROM operations this
       WHERE this.id = $1 AND earlier.server_id = this.server_id
         AND earlier.state = 'cleanup_pending' AND earlier.type = ANY($2)
         AND ($3::text IS NULL OR earlier.params -> $3 = this.params -> $3)`,
      [this.operationId, [...types], sameParam ?? null],
    );
  }

  private async storeMemory(manager: EntityManager, memory: unknown): Promise<void> {
    await manager.query('UPDATE operations SET memory = $2 WHERE id = $1', [
      this.operationId,
      JSON.stringify(memory),
    ]);
  }

  private async linesThatFit(
    manager: EntityManager,
    lines: readonly NewLogLine[],
  ): Promise<readonly NewLogLine[]> {
    const rows: { log_seq: number }[] = await manager.query(
      'SELECT log_seq FROM operations WHERE id = $1',
      [this.operationId],
    );
    const room = LOG_LINES_LIMIT - (rows[0]?.log_seq ?? 0);
    if (lines.length < room) return lines;
    if (room <= 0) return [];
    const last = lines[room - 1];
    if (!last) return [];
    return [...lines.slice(0, room - 1), { ...last, level: 'warning', line: LOG_FULL }];
  }

  private async write<Row>(
    manager: EntityManager,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    const rows = await updated<Row>(manager, sql, [this.operationId, this.epoch, ...parameters]);
    if (rows.length === 0) throw new LeaseLost();
    return rows;
  }
}

const LOG_FULL = `the log is full (${String(LOG_LINES_LIMIT)} lines): what follows is not kept`;

async function claimRow(
  manager: EntityManager,
  operationId: string,
  terms: LeaseTerms,
): Promise<number | null> {
  const rows = await updated<{ epoch: number }>(
    manager,
    `UPDATE operations o SET state = 'running', epoch = epoch + 1, lease_owner = $2,
       lease_until = clock_timestamp() + make_interval(secs => $3),
       started_at = coalesce(started_at, now()), finished_at = NULL, cleanup_after = NULL
     WHERE id = $1 AND (
       (state = 'pending' AND ${BATCH_HAS_ROOM} AND NOT EXISTS (
         SELECT FROM operations other WHERE other.server_id = o.server_id
           AND (other.state = 'running' OR (other.state = 'pending' AND other.id < o.id))))
       OR (state = 'running' AND lease_until <= clock_timestamp())
       OR (state = 'cleanup_pending' AND cleanup_after <= clock_timestamp() AND ${BATCH_HAS_ROOM}
         AND NOT EXISTS (
         SELECT FROM operations other WHERE other.server_id = o.server_id
           AND other.state IN ('running', 'pending'))))
     RETURNING epoch`,
    [operationId, terms.owner, terms.seconds],
  );
  const row = rows[0];
  if (!row) return null;
  await manager.query(
    `UPDATE operation_steps SET state = 'failed' WHERE operation_id = $1 AND state = 'undo_failed'`,
    [operationId],
  );
  return row.epoch;
}

/** Rows of a statement, whether TypeORM wraps them with a count (UPDATE) or not (SELECT). */
async function updated<Row>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const answer: unknown = await manager.query(sql, [...parameters]);
  if (Array.isArray(answer) && Array.isArray(answer[0])) return answer[0] as Row[];
  return answer as Row[];
}

function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function isOnePerServer(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { constraint } = error.driverError as { constraint?: unknown };
  return constraint === 'operations_one_per_server';
}
