import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Actor } from '../platform/http/index.js';

/**
 * Life of an operation. `pending` waits for its turn, `running` is worked on (forward, or backward while
 * it undoes itself), `cleanup_pending` failed and could not undo everything: its leftovers are listed and
 * tried again. The others are final until somebody retries.
 */
export const OPERATION_STATES = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'cleanup_pending',
] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** Life of a step. `failed` and `undo_failed` steps may have left something behind. */
export const STEP_STATES = [
  'pending',
  'running',
  'succeeded',
  'skipped',
  'failed',
  'undone',
  'undo_failed',
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** Which way an operation moves: through its steps, or back to where it started. */
export type Direction = 'forward' | 'backward';

/** Why an operation failed: where, a stable code, and what a person can do. No secrets. */
export interface OperationFailure {
  readonly step: string;
  readonly layer: string;
  readonly code: string;
  readonly message: string;
}

/** Something a failed operation could not take back. */
export interface Leftover {
  readonly step: string;
  readonly what: string;
}

/** A long job of several steps on one server. The row is the truth; a queue job only carries its id. */
@Entity('operations')
export class Operation {
  /** UUIDv7: operations of a server run in the order of their ids. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  type!: string;

  /** Null once the server was removed. */
  @Column({ type: 'uuid', name: 'server_id', nullable: true })
  serverId!: string | null;

  @Column({ type: 'text', name: 'server_name' })
  serverName!: string;

  /** Shared by the operations that were asked for together; null for one by itself. */
  @Column({ type: 'uuid', name: 'batch_id', nullable: true })
  batchId!: string | null;

  /** Ids and options only, never a secret. */
  @Column({ type: 'jsonb' })
  params!: Record<string, unknown>;

  /** What steps hand to later steps. No secrets. */
  @Column({ type: 'jsonb', name: 'memory' })
  memory!: Record<string, unknown>;

  @Column({ type: 'text' })
  state!: OperationState;

  @Column({ type: 'text' })
  direction!: Direction;

  @Column({ type: 'jsonb', nullable: true })
  error!: OperationFailure | null;

  @Column({ type: 'jsonb' })
  leftovers!: Leftover[];

  @Column({ type: 'timestamptz', name: 'cancel_requested_at', nullable: true })
  cancelRequestedAt!: Date | null;

  @Column({ type: 'text', name: 'lease_owner', nullable: true })
  leaseOwner!: string | null;

  @Column({ type: 'timestamptz', name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  /** Grows with every take-over; every write of a worker names the epoch it was given. */
  @Column({ type: 'integer' })
  epoch!: number;

  /** Grows with every retry, from 1. */
  @Column({ type: 'integer' })
  attempt!: number;

  /** Failed tries to clean up. */
  @Column({ type: 'integer', name: 'cleanup_attempts' })
  cleanupAttempts!: number;

  /** When leftovers are tried again by themselves. */
  @Column({ type: 'timestamptz', name: 'cleanup_after', nullable: true })
  cleanupAfter!: Date | null;

  /** Sequence number of the last log line. */
  @Column({ type: 'integer', name: 'log_seq' })
  logSeq!: number;

  @Column({ type: 'jsonb' })
  actor!: Actor;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}

/** One check-then-do unit of an operation. */
@Entity('operation_steps')
export class OperationStepRow {
  @PrimaryColumn({ type: 'uuid', name: 'operation_id' })
  operationId!: string;

  /** From 0. */
  @PrimaryColumn({ type: 'integer' })
  position!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  title!: string;

  @Column({ type: 'text' })
  state!: StepState;

  @Column({ type: 'bigint', name: 'progress_done', nullable: true, transformer: toNumber() })
  progressDone!: number | null;

  @Column({ type: 'bigint', name: 'progress_total', nullable: true, transformer: toNumber() })
  progressTotal!: number | null;

  @Column({ type: 'text', name: 'progress_unit', nullable: true })
  progressUnit!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  error!: Omit<OperationFailure, 'step'> | null;

  @Column({ type: 'timestamptz', name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}

/** How a log line is meant. */
export const LOG_LEVELS = ['info', 'warning', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of an operation's log. */
@Entity('operation_log')
export class OperationLogLine {
  @PrimaryColumn({ type: 'uuid', name: 'operation_id' })
  operationId!: string;

  /** From 1, without gaps. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;

  /** Name of the step; null for the operation itself. */
  @Column({ type: 'text', nullable: true })
  step!: string | null;

  @Column({ type: 'timestamptz' })
  at!: Date;

  @Column({ type: 'text' })
  level!: LogLevel;

  @Column({ type: 'text' })
  line!: string;
}

/** Every entity of this feature. */
export const OPERATIONS_ENTITIES = [Operation, OperationStepRow, OperationLogLine] as const;

/** pg answers bigint as text; byte counts stay far below 2^53. */
function toNumber(): {
  from: (value: string | null) => number | null;
  to: (value: number | null) => number | null;
} {
  return { from: (value) => (value === null ? null : Number(value)), to: (value) => value };
}
