import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { AuditRepository } from '../../backend/src/audit/audit.repository.ts';
import { AuditService } from '../../backend/src/audit/audit.service.ts';
import { erased, StepFailure } from '../../backend/src/operations/operation-definition.ts';
import type {
  AnyOperationDefinition,
  OperationSession,
  OperationStep,
} from '../../backend/src/operations/operation-definition.ts';
import { OperationNews } from '../../backend/src/operations/operation-news.ts';
import { OperationEngine } from '../../backend/src/operations/operations.engine.ts';
import { OperationsRepository } from '../../backend/src/operations/operations.repository.ts';
import { ManagerConfig } from '../../backend/src/platform/config/config.schema.ts';
import { TransactionRunner } from '../../backend/src/platform/database/transaction-runner.ts';
import { LiveBus } from '../../backend/src/platform/live/live-bus.ts';

/** Where a worker is killed: in a step's apply or undo, before or after it changed the host. */
export type KillPoint = `${'apply' | 'undo'}:${string}:${'before' | 'after'}`;

/** What a {@link hostOperation} is like. */
export interface HostOperationOptions {
  /** The directory that plays the host: every step makes a file named after it. */
  readonly directory: string;
  /** Name of its type; `host_operation` unless told. */
  readonly type?: string | undefined;
  /** Whose leftovers it puts in order. */
  readonly putsInOrder?: AnyOperationDefinition['putsInOrder'];
  /** Kills this process there, without mercy. */
  readonly killAt?: KillPoint | undefined;
  /** The step that always fails, after it made its file. */
  readonly failAt?: string | undefined;
  /** The step whose undo fails for as long as a file `stuck` lies in the directory. */
  readonly stuckAt?: string | undefined;
}

const STEPS = ['first', 'second', 'third'] as const;

/** An operation whose host is a directory, so that what it left behind can be listed. */
export function hostOperation(options: HostOperationOptions): AnyOperationDefinition {
  return erased<Record<string, unknown>, OperationSession>({
    type: options.type ?? 'host_operation',
    params: z.object({ of: z.string().optional() }),
    ...(options.putsInOrder && { putsInOrder: options.putsInOrder }),
    memory: z.record(z.string(), z.unknown()),
    isRequestable: true,
    openSession: () => ({ close: () => Promise.resolve() }),
    steps: STEPS.map((name) => hostStep(name, options)),
  });
}

function hostStep(
  name: string,
  { directory, killAt, failAt, stuckAt }: HostOperationOptions,
): OperationStep<Record<string, unknown>, OperationSession> {
  const file = path.join(directory, name);
  const dieAt = (point: KillPoint): void => {
    if (killAt === point) process.kill(process.pid, 'SIGKILL');
  };
  return {
    name,
    title: `make ${name}`,
    check: () => Promise.resolve(existsSync(file)),
    apply: (context) => {
      dieAt(`apply:${name}:before`);
      writeFileSync(file, '');
      context.memory[name] = true;
      context.log(`made ${name}`);
      dieAt(`apply:${name}:after`);
      if (failAt === name) throw new StepFailure('spec', 'refused', 'This step always fails.');
      return Promise.resolve();
    },
    undo: () => {
      dieAt(`undo:${name}:before`);
      if (stuckAt === name && existsSync(path.join(directory, 'stuck'))) {
        throw new StepFailure('spec', 'stuck', 'The file is stuck.');
      }
      rmSync(file, { force: true });
      dieAt(`undo:${name}:after`);
      return Promise.resolve();
    },
    leftovers: () => [file],
  };
}

/** An engine over a real database, as the manager has one. */
export function openEngine(
  dataSource: DataSource,
  { leaseSeconds, concurrency = 8 }: { leaseSeconds: number; concurrency?: number },
): OperationEngine {
  const logger = pino({ level: 'silent' });
  const config = ManagerConfig.parse({});
  return new OperationEngine(
    dataSource,
    new TransactionRunner(dataSource, logger),
    new OperationsRepository(dataSource),
    new OperationNews(new LiveBus()),
    new AuditService(new AuditRepository(dataSource)),
    { ...config, operations: { concurrency, lease_seconds: leaseSeconds } },
    logger,
  );
}
