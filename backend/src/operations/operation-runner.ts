import type { Logger } from 'pino';
import type { AnyOperationDefinition, Ending, OperationSession } from './operation-definition.js';
import {
  LeaseLost,
  OperationCancelled,
  ShuttingDown,
  StepFailure,
} from './operation-definition.js';
import type { OperationStep, StepContext } from './operation-definition.js';
import type { OperationLease } from './operation-lease.js';
import { cleanupPauseSeconds, nextAction } from './operation-plan.js';
import type { Action } from './operation-plan.js';
import type { OperationNews } from './operation-news.js';
import { OperationStepRow } from './operation.entity.js';
import type { Leftover, Operation, OperationFailure } from './operation.entity.js';
import { BUG, describeFailure, isDatabaseAway } from './step-failure.js';
import { ProgressMeter } from './progress-meter.js';
import { StepLog } from './step-log.js';

/** Deadline of a step that names none, milliseconds. */
const STEP_TIMEOUT_MS = 600_000;

type Memory = Record<string, unknown>;
type Step = OperationStep<Memory, OperationSession>;

/** What a run needs of the outside. */
export interface RunnerParts {
  readonly lease: Pick<
    OperationLease,
    | 'transaction'
    | 'beginStep'
    | 'endStep'
    | 'saveMemory'
    | 'saveProgress'
    | 'turnBack'
    | 'appendLog'
    | 'finish'
    | 'release'
  >;
  readonly definition: AnyOperationDefinition;
  readonly operation: Operation;
  readonly steps: readonly OperationStepRow[];
  readonly news: OperationNews;
  readonly logger: Logger;
  /** Writes what every ending writes, such as the audit event, in its transaction. */
  readonly ended: (
    ...args: Parameters<NonNullable<AnyOperationDefinition['ended']>>
  ) => Promise<void>;
}

/**
 * Works on one operation until it ends, the lease is lost, or the manager stops. All it knows is what is
 * stored, so that any worker can go on where another stopped.
 */
export class OperationRunner {
  private readonly halted = new AbortController();
  private readonly cancelled = new AbortController();
  private readonly log: StepLog;
  private readonly memory: Memory;
  private readonly operation: Operation;
  private readonly steps: OperationStepRow[];
  private session: OperationSession | undefined;

  constructor(private readonly parts: RunnerParts) {
    this.operation = parts.operation;
    this.steps = parts.steps.map((step) => Object.assign(new OperationStepRow(), step));
    this.memory = parts.definition.memory.parse(parts.operation.memory);
    this.log = new StepLog(parts.lease, (lines) => {
      parts.news.logged(this.operation.id, lines);
    });
    if (parts.operation.cancelRequestedAt) this.cancel();
  }

  /** Ends the current step and turns back. Has no effect once the operation turned back. */
  cancel(): void {
    this.cancelled.abort(new OperationCancelled());
  }

  /** Stops working: because the lease is lost or the manager stops. Nothing is undone. */
  halt(reason: LeaseLost | ShuttingDown): void {
    this.halted.abort(reason);
  }

  /**
   * Runs to the end.
   *
   * @throws Error of the database when it does not answer; the operation goes on when the lease ran out.
   */
  async run(): Promise<void> {
    try {
      this.news().operation(this.operation);
      do this.halted.signal.throwIfAborted();
      while (await this.move(this.next()));
    } catch (error) {
      // Another worker goes on from what is stored: the session must keep for it what it would let go of.
      this.halt(new LeaseLost());
      if (error instanceof LeaseLost) return;
      if (!(error instanceof ShuttingDown)) throw error;
      await this.handOver();
    } finally {
      await this.session?.close();
    }
  }

  private news(): OperationNews {
    return this.parts.news;
  }

  private next(): Action {
    return nextAction({
      direction: this.operation.direction,
      cancelRequested: this.cancelled.signal.aborted,
      hasFailed: this.operation.error !== null,
      steps: this.steps.map(({ state, position, startedAt }) => ({
        state,
        // A step whose check failed was never begun: there is nothing of it to undo.
        canUndo: this.definitionOf(position).undo !== undefined && startedAt !== null,
      })),
    });
  }

  /** Carries out one action; answers whether there is another one. */
  private async move(action: Action): Promise<boolean> {
    switch (action.kind) {
      case 'apply':
        await this.apply(this.row(action.position));
        return true;
      case 'turn_back':
        await this.turnBack(null);
        return true;
      case 'undo':
        await this.undo(this.row(action.position));
        return true;
      case 'finish':
        await this.finish(action.state as Ending['outcome']);
        return false;
    }
  }

  private async apply(row: OperationStepRow): Promise<void> {
    const step = this.definitionOf(row.position);
    const isResumed = row.state === 'running';
    const failure = await this.attempt(row, step, async (context, session) => {
      if (!isResumed) {
        if (await step.check?.(context, session)) return 'skipped';
        await this.begin(row);
        await step.apply(context, session);
        return 'succeeded';
      }
      this.log.add(step.name, 'going on after an interruption');
      // Begun by an earlier worker: what is done now was done by this operation, so it is not skipped.
      if (!(await step.check?.(context, session))) await step.apply(context, session);
      return 'succeeded';
    });
    if (failure)
      await this.turnBack(failure === 'cancelled' ? null : { step: step.name, ...failure });
  }

  private async begin(row: OperationStepRow): Promise<void> {
    await this.parts.lease.beginStep(row.position);
    row.state = 'running';
    row.startedAt = new Date();
    row.error = null;
    this.news().step(this.operation.id, row);
  }

  /** Runs a step forward and stores how it ended. Answers the failure, if it was one. */
  private async attempt(
    row: OperationStepRow,
    step: Step,
    work: (
      context: StepContext<Memory>,
      session: OperationSession,
    ) => Promise<'skipped' | 'succeeded'>,
  ): Promise<Omit<OperationFailure, 'step'> | 'cancelled' | null> {
    const signals = [this.halted.signal, this.cancelled.signal];
    try {
      const state = await this.withContext(row, step, signals, work);
      await this.end(row, state, null);
      return null;
    } catch (error) {
      this.rethrowUnlessOfStep(error);
      const isCancelled = this.cancelled.signal.aborted;
      const failure = isCancelled ? CANCELLED : this.describe(error, step.name);
      this.log.add(step.name, failure.message, isCancelled ? 'warning' : 'error');
      await this.end(row, 'failed', failure);
      return isCancelled ? 'cancelled' : failure;
    }
  }

  private async undo(row: OperationStepRow): Promise<void> {
    const step = this.definitionOf(row.position);
    this.log.add(step.name, 'undoing');
    try {
      await this.withContext(row, step, [this.halted.signal], async (context, session) => {
        await step.undo?.(context, session);
      });
      await this.end(row, 'undone', null);
    } catch (error) {
      this.rethrowUnlessOfStep(error);
      const failure = this.describe(error, step.name);
      this.log.add(step.name, `could not be undone: ${failure.message}`, 'error');
      await this.end(row, 'undo_failed', failure);
    }
  }

  private async withContext<Result>(
    row: OperationStepRow,
    step: Step,
    signals: readonly AbortSignal[],
    work: (context: StepContext<Memory>, session: OperationSession) => Promise<Result>,
  ): Promise<Result> {
    const meter = new ProgressMeter((progress) => this.storeProgress(row, progress));
    const timeout = AbortSignal.timeout(step.timeoutMs ?? STEP_TIMEOUT_MS);
    const context: StepContext<Memory> = {
      operationId: this.operation.id,
      serverId: this.serverId(),
      actor: this.operation.actor,
      memory: this.memory,
      signal: AbortSignal.any([...signals, timeout]),
      log: (line, level) => {
        this.log.add(step.name, line, level);
      },
      progress: (progress) => {
        meter.set(progress);
      },
      save: () => this.parts.lease.saveMemory(this.memory),
      transaction: (inside) => this.parts.lease.transaction(inside),
    };
    try {
      return await work(context, this.openedSession());
    } catch (error) {
      // What a step throws when its time is over says only that something was aborted.
      const isOthers = signals.some(({ aborted }) => aborted);
      throw timeout.aborted && !isOthers ? timedOut(error) : error;
    } finally {
      await meter.stop();
      await this.log.flush();
    }
  }

  private openedSession(): OperationSession {
    this.session ??= this.parts.definition.openSession({
      operationId: this.operation.id,
      serverId: this.serverId(),
      params: this.operation.params,
    });
    return this.session;
  }

  private async storeProgress(
    row: OperationStepRow,
    progress: Parameters<StepContext<Memory>['progress']>[0],
  ): Promise<void> {
    await this.parts.lease.saveProgress(row.position, progress);
    row.progressDone = progress.done;
    row.progressTotal = progress.total;
    row.progressUnit = progress.unit;
    this.news().step(this.operation.id, row);
  }

  private async end(
    row: OperationStepRow,
    state: Parameters<OperationLease['endStep']>[0]['state'],
    error: Omit<OperationFailure, 'step'> | null,
  ): Promise<void> {
    await this.parts.lease.endStep({ position: row.position, state, error, memory: this.memory });
    row.state = state;
    if (state !== 'undone') row.error = error;
    this.news().step(this.operation.id, row);
  }

  private async turnBack(error: OperationFailure | null): Promise<void> {
    await this.parts.lease.turnBack(error);
    this.operation.direction = 'backward';
    this.operation.error = error;
    this.news().operation(this.operation);
  }

  private async finish(outcome: Ending['outcome']): Promise<void> {
    const leftovers = outcome === 'cleanup_pending' ? this.leftovers() : [];
    const isUndone = this.steps.some(({ state }) => state === 'undone');
    this.log.add(null, ending(outcome, isUndone), outcome === 'succeeded' ? 'info' : 'warning');
    for (const { what } of leftovers) this.log.add(null, `left behind: ${what}`, 'warning');
    await this.log.flush();
    const attempts = this.operation.cleanupAttempts + 1;
    await this.parts.lease.finish(
      {
        state: outcome,
        leftovers,
        cleanupPauseSeconds: outcome === 'cleanup_pending' ? cleanupPauseSeconds(attempts) : null,
        putsInOrder: this.parts.definition.putsInOrder ?? { types: [this.operation.type] },
      },
      (manager) =>
        this.parts.ended(manager, {
          operation: this.operation,
          serverId: this.serverId(),
          outcome,
        }),
    );
    this.operation.state = outcome;
    this.operation.leftovers = leftovers;
    this.news().operation(this.operation);
    await this.parts.definition.announced?.(this.serverId());
  }

  private leftovers(): Leftover[] {
    return this.steps
      .filter(({ state }) => state === 'undo_failed')
      .flatMap((row) => {
        const step = this.definitionOf(row.position);
        const whats = step.leftovers?.(this.memory) ?? [step.title];
        return whats.map((what) => ({ step: row.name, what }));
      });
  }

  private async handOver(): Promise<void> {
    try {
      await this.log.flush();
      await this.parts.lease.release();
    } catch (error) {
      // The lease is lost already, or runs out by itself: either way another worker goes on.
      this.parts.logger.debug({ err: error, operation: this.operation.id }, 'lease not released');
    }
  }

  /** Stops at what is not the step's own failure. */
  private rethrowUnlessOfStep(error: unknown): void {
    this.halted.signal.throwIfAborted();
    if (error instanceof LeaseLost || isDatabaseAway(error)) throw error;
  }

  private describe(error: unknown, step: string): Omit<OperationFailure, 'step'> {
    const known = describeFailure(error);
    if (known) return known;
    this.parts.logger.error({ err: error, operation: this.operation.id, step }, 'step failed');
    return BUG;
  }

  private row(position: number): OperationStepRow {
    const row = this.steps.find((step) => step.position === position);
    if (!row) throw new Error(`operation ${this.operation.id} has no step ${String(position)}`);
    return row;
  }

  private definitionOf(position: number): Step {
    const name = this.row(position).name;
    const step = this.parts.definition.steps.find((candidate) => candidate.name === name);
    if (!step) throw new Error(`operations of type ${this.operation.type} have no step ${name}`);
    return step;
  }

  private serverId(): string {
    const { serverId } = this.operation;
    if (serverId === null) throw new Error(`operation ${this.operation.id} has no server any more`);
    return serverId;
  }
}

const CANCELLED: Omit<OperationFailure, 'step'> = {
  layer: 'manager',
  code: 'cancelled',
  message: 'The operation was cancelled here.',
};

function timedOut(cause: unknown): StepFailure {
  return new StepFailure(
    'manager',
    'step_timed_out',
    'The step took longer than it may. See its log for what it was waiting for.',
    { cause },
  );
}

/** The last line of the log. Steps that only look, and playbooks, have nothing that could be undone. */
function ending(outcome: Ending['outcome'], isUndone: boolean): string {
  switch (outcome) {
    case 'succeeded':
      return 'The operation succeeded.';
    case 'cleanup_pending':
      return 'The operation failed, and not everything could be undone. It will be tried again.';
    case 'failed':
    case 'cancelled': {
      const end = outcome === 'failed' ? 'failed' : 'was cancelled';
      return `The operation ${end}${isUndone ? '; what it had done is undone' : ''}.`;
    }
  }
}
