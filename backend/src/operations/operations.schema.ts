import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import type { Operation, OperationLogLine, OperationStepRow } from './operation.entity.js';
import { LOG_LEVELS, OPERATION_STATES, STEP_STATES } from './operation.entity.js';
import type { OperationWithSteps } from './operations.repository.js';

/** Path of one operation. */
export const OperationPath = z.object({ id: z.uuid() });
export type OperationPath = z.infer<typeof OperationPath>;

/** A type of operation, such as `repair_agent`. */
const OperationType = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

/** Filters of the list. */
export const OperationQuery = z.strictObject({
  ...pageFields,
  server_id: z.uuid().optional(),
  type: OperationType.optional(),
  state: z.enum(OPERATION_STATES).optional(),
  batch_id: z.uuid().optional(),
});
export type OperationQuery = z.infer<typeof OperationQuery>;

/** Page of a server's operations. */
export const ServerOperationQuery = z.strictObject(pageFields);
export type ServerOperationQuery = z.infer<typeof ServerOperationQuery>;

/** Where to read the log from. */
export const OperationLogQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
});
export type OperationLogQuery = z.infer<typeof OperationLogQuery>;

/** What to do with a server. */
export const RequestOperation = z
  .strictObject({
    type: OperationType.describe(
      '`install_agent`, `repair_agent`, `reinstall_agent`, `uninstall_agent`, `sync_deployment_tool`, `install_ansible`',
    ),
    params: z.record(z.string(), z.unknown()).default({}).describe('Options of the type'),
  })
  .meta({ id: 'RequestOperation' });
export type RequestOperation = z.infer<typeof RequestOperation>;

const StepError = z
  .object({ layer: z.string(), code: z.string(), message: z.string() })
  .meta({ id: 'OperationStepError' });

const OperationSummary = z
  .object({
    id: z.uuid(),
    type: z.string(),
    server_id: z.uuid().nullable(),
    server_name: z.string(),
    batch_id: z.uuid().nullable().describe('Shared by operations that were asked for together'),
    state: z.enum(OPERATION_STATES),
    direction: z.enum(['forward', 'backward']),
    error: StepError.extend({ step: z.string() }).nullable(),
    leftovers: z.array(z.object({ step: z.string(), what: z.string() })),
    cancel_requested: z.boolean(),
    attempt: z.int(),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    cleanup_after: z.iso.datetime().nullable(),
  })
  .meta({ id: 'OperationSummary' });

const OperationStepView = z
  .object({
    position: z.int(),
    name: z.string(),
    title: z.string(),
    state: z.enum(STEP_STATES),
    progress: z.object({ done: z.number(), total: z.number(), unit: z.string() }).nullable(),
    error: StepError.nullable(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'OperationStep' });

/** An operation with its steps. */
export const OperationDetails = OperationSummary.extend({
  steps: z.array(OperationStepView),
}).meta({ id: 'OperationDetails' });
export type OperationDetails = z.infer<typeof OperationDetails>;

/** A page of operations. */
export const OperationPage = pageOf(OperationSummary).meta({ id: 'OperationPage' });
export type OperationPage = z.infer<typeof OperationPage>;

/** A stretch of an operation's log. */
export const OperationLog = z
  .object({
    lines: z.array(
      z.object({
        seq: z.int(),
        step: z.string().nullable(),
        at: z.iso.datetime(),
        level: z.enum(LOG_LEVELS),
        line: z.string(),
      }),
    ),
    next_after: z.int().describe('`after` of the next request'),
  })
  .meta({ id: 'OperationLog' });
export type OperationLog = z.infer<typeof OperationLog>;

/** An operation as lists show it. */
export function summaryOf(operation: Operation): z.infer<typeof OperationSummary> {
  const { kind, id, name } = operation.actor;
  return {
    id: operation.id,
    type: operation.type,
    server_id: operation.serverId,
    server_name: operation.serverName,
    batch_id: operation.batchId,
    state: operation.state,
    direction: operation.direction,
    error: operation.error,
    leftovers: operation.leftovers,
    cancel_requested: operation.cancelRequestedAt !== null,
    attempt: operation.attempt,
    actor: { kind, id, name },
    created_at: operation.createdAt.toISOString(),
    started_at: operation.startedAt?.toISOString() ?? null,
    finished_at: operation.finishedAt?.toISOString() ?? null,
    cleanup_after: operation.cleanupAfter?.toISOString() ?? null,
  };
}

/** An operation as it is shown by itself. */
export function detailsOf({ operation, steps }: OperationWithSteps): OperationDetails {
  return { ...summaryOf(operation), steps: steps.map(stepOf) };
}

/** Log lines as they are shown; `after` is what was asked for. */
export function logOf(lines: readonly OperationLogLine[], after: number): OperationLog {
  return {
    lines: lines.map(({ seq, step, at, level, line }) => ({
      seq,
      step,
      at: at.toISOString(),
      level,
      line,
    })),
    next_after: lines.at(-1)?.seq ?? after,
  };
}

function stepOf(step: OperationStepRow): z.infer<typeof OperationStepView> {
  const { progressDone: done, progressTotal: total, progressUnit: unit } = step;
  return {
    position: step.position,
    name: step.name,
    title: step.title,
    state: step.state,
    progress: done === null || total === null || unit === null ? null : { done, total, unit },
    error: step.error,
    started_at: step.startedAt?.toISOString() ?? null,
    finished_at: step.finishedAt?.toISOString() ?? null,
  };
}
