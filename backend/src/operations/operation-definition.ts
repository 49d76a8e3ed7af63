import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { Server } from '../servers/index.js';
import type { Actor } from '../platform/http/index.js';
import type { LogLevel, Operation, OperationState } from './operation.entity.js';

/** How far a step is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'seconds' | 'items';
}

/** What a step gets to work with. */
export interface StepContext<Memory> {
  readonly operationId: string;
  readonly serverId: string;
  readonly actor: Actor;
  /** Shared by the steps and stored with every step's end, and by {@link StepContext.save}. No secrets. */
  readonly memory: Memory;
  /** Aborts on cancel, on the step's deadline, on shutdown, and when another worker took over. */
  readonly signal: AbortSignal;
  /** Adds a line to the operation's log. Stored soon, in order; never fails. No secrets. */
  log(line: string, level?: LogLevel): void;
  /** Tells how far the step is. Stored at most a few times a second; never fails. */
  progress(progress: Progress): void;
  /** Stores `memory` now: before something happens on the server that undo must know of. */
  save(): Promise<void>;
  /**
   * Runs `work` in a transaction that commits only while this worker still has the operation.
   *
   * @throws LeaseLost otherwise.
   */
  transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
}

/**
 * One check-then-do unit. `apply` and `undo` may run again after a crash in the middle: both must cope
 * with finding their work done, half done or not begun.
 */
export interface OperationStep<Memory, Session> {
  /** Stable, snake_case. */
  readonly name: string;
  /** For people: what it does. */
  readonly title: string;
  /** Whether there is nothing to do. Changes nothing. */
  readonly check?: (context: StepContext<Memory>, session: Session) => Promise<boolean>;
  readonly apply: (context: StepContext<Memory>, session: Session) => Promise<void>;
  /** Takes back what `apply` did, also when it did only a part. */
  readonly undo?: (context: StepContext<Memory>, session: Session) => Promise<void>;
  /** What stays on the server when undo fails, for people. */
  readonly leftovers?: (memory: Memory) => readonly string[];
  /** Run again by a retry even when it succeeded before: it looks rather than does. */
  readonly always?: boolean;
  /** Deadline of `apply` and of `undo`, milliseconds. Default ten minutes. */
  readonly timeoutMs?: number;
}

/** What keeps resources over the steps of one run, such as an SSH connection. */
export interface OperationSession {
  /** Lets go of everything. Never fails. */
  close(): Promise<void>;
}

/** How an operation ended, told inside the transaction that stores it. */
export interface Ending {
  readonly operation: Operation;
  readonly serverId: string;
  readonly outcome: Exclude<OperationState, 'pending' | 'running'>;
}

/** A type of operation. */
export interface OperationDefinition<
  Memory = unknown,
  Session extends OperationSession = OperationSession,
> {
  /** Stable, snake_case. */
  readonly type: string;
  /** Options of a request. Strict; no secrets. */
  readonly params: z.ZodType<Record<string, unknown>>;
  /** Reads stored memory, `{}` at first. */
  readonly memory: z.ZodType<Memory>;
  readonly steps: readonly OperationStep<Memory, Session>[];
  /** Whether people may ask for it by `POST /servers/{id}/operations`. */
  readonly isRequestable: boolean;
  /** Refuses a server it cannot work on. @throws AppError */
  readonly admit?: (server: Server) => void;
  /** Opens what the steps share. Must not fail or wait: connect when first needed. */
  readonly openSession: (operation: {
    readonly operationId: string;
    readonly serverId: string;
    readonly params: Record<string, unknown>;
  }) => Session;
  /**
   * Whose leftovers on the same server an operation of this type has put in order when it succeeds. Absent:
   * those of its own type.
   */
  readonly putsInOrder?: {
    readonly types: readonly string[];
    /** Only those that were asked for with the same value of this option. */
    readonly sameParam?: string;
  };
  /** Writes what follows from the request, in its transaction; may refuse it. @throws AppError */
  readonly requested?: (
    manager: EntityManager,
    serverId: string,
    params: Record<string, unknown>,
  ) => Promise<void>;
  /** Writes what follows from the end, in the transaction that stores it. */
  readonly ended?: (manager: EntityManager, ending: Ending) => Promise<void>;
  /** Tells followers, after the commit. Must not fail. */
  readonly announced?: (serverId: string) => Promise<void>;
}

/** A definition whose own types are forgotten, as the registry keeps it. */
export type AnyOperationDefinition = OperationDefinition<Record<string, unknown>>;

/** Forgets a definition's own types: memory and session only ever meet their own steps. */
export function erased<Memory, Session extends OperationSession>(
  definition: OperationDefinition<Memory, Session>,
): AnyOperationDefinition {
  return definition as unknown as AnyOperationDefinition;
}

/** An expected failure of a step: where, a stable code, and what a person can do. No secrets. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';

  constructor(
    readonly layer: string,
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another worker has the operation now, or it is over: this one must stop and write nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('another worker has taken this operation over');
  }
}

/** Somebody asked to cancel the operation. */
export class OperationCancelled extends Error {
  override readonly name = 'OperationCancelled';

  constructor() {
    super('the operation was cancelled');
  }
}

/** This manager stops; another one, or this one after its start, goes on with the operation. */
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';

  constructor() {
    super('the manager is stopping');
  }
}

/**
 * Whether a step was interrupted only because this worker stops: another one goes on with it, so what it
 * began on the server goes on, too. False for a cancel, for a deadline, and while nothing is aborted.
 */
export function isHandedOver(signal: AbortSignal): boolean {
  return signal.reason instanceof ShuttingDown || signal.reason instanceof LeaseLost;
}
