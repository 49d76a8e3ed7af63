import { LeaseLost } from '../../backend/src/operations/operation-definition.ts';
import type { RunnerParts } from '../../backend/src/operations/operation-runner.ts';
import { Operation } from '../../backend/src/operations/operation.entity.ts';
import type { OperationStepRow } from '../../backend/src/operations/operation.entity.ts';

/** Keeps in memory what the database would, and may refuse as a lost lease does. */
export class FakeLease {
  isLost = false;
  finished: string | undefined;
  leftovers: unknown;
  released = false;
  readonly log: string[] = [];

  readonly operation: Operation;
  readonly rows: OperationStepRow[];

  constructor(operation: Operation, rows: OperationStepRow[]) {
    this.operation = operation;
    this.rows = rows;
  }

  readonly parts: RunnerParts['lease'] = {
    transaction: (work) => {
      this.refuseWhenLost();
      return work(undefined as never);
    },
    beginStep: (position) => this.change(() => (this.row(position).state = 'running')),
    endStep: ({ position, state, memory }) =>
      this.change(() => {
        this.row(position).state = state;
        this.operation.memory = structuredClone(memory) as Record<string, unknown>;
      }),
    saveMemory: (memory) =>
      this.change(() => {
        this.operation.memory = structuredClone(memory) as Record<string, unknown>;
      }),
    saveProgress: () => this.change(() => undefined),
    turnBack: (error) =>
      this.change(() => {
        this.operation.direction = 'backward';
        this.operation.error = error;
      }),
    appendLog: (lines) => {
      this.refuseWhenLost();
      this.log.push(...lines.map(({ line }) => line));
      return Promise.resolve([]);
    },
    finish: async ({ state, leftovers }, also) => {
      this.refuseWhenLost();
      await also(undefined as never);
      this.finished = state;
      this.leftovers = leftovers;
    },
    release: () => this.change(() => (this.released = true)),
  };

  private row(position: number): OperationStepRow {
    return this.rows[position]!;
  }

  private change(write: () => void): Promise<void> {
    this.refuseWhenLost();
    write();
    return Promise.resolve();
  }

  private refuseWhenLost(): void {
    if (this.isLost) throw new LeaseLost();
  }
}

/** An operation as stored, running forward on its first attempt. */
export function anOperation(change: Partial<Operation> = {}): Operation {
  return Object.assign(new Operation(), {
    id: '0198a000-0000-7000-8000-000000000001',
    type: 'spec',
    serverId: '0198a000-0000-7000-8000-000000000002',
    serverName: 'one',
    batchId: null,
    params: {},
    memory: {},
    state: 'running',
    direction: 'forward',
    error: null,
    leftovers: [],
    cancelRequestedAt: null,
    leaseOwner: 'spec',
    leaseUntil: new Date(),
    epoch: 1,
    attempt: 1,
    cleanupAttempts: 0,
    cleanupAfter: null,
    logSeq: 0,
    actor: {
      kind: 'system',
      id: 'system',
      name: 'system',
      role: 'admin',
      address: null,
      correlationId: 'spec',
    },
    createdAt: new Date(),
    startedAt: new Date(),
    finishedAt: null,
    ...change,
  });
}
