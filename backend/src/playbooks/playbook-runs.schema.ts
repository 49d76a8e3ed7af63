import {
  AnsibleTaskStatus,
  AnsibleVariableName,
  CommandOutcome,
  ExecuteAnsibleParams,
} from '@myx/protocol';
import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import { RUN_STATES } from './playbook.js';
import { VariableValue } from './playbook-variables.js';
import { PlaybookReference } from './playbooks.schema.js';

const Tags = ExecuteAnsibleParams.shape.tags.unwrap();

/** A playbook on one or many servers. */
export const CreatePlaybookRun = z
  .strictObject({
    playbook: PlaybookReference,
    version: z.int().min(1).optional().meta({
      description: 'Default: the newest version that passed its syntax check',
    }),
    server_ids: z.array(z.uuid()).min(1).max(1000).optional(),
    labels: z
      .record(z.string().min(1).max(63), z.string().max(255))
      .optional()
      .meta({ description: 'Servers that have all of these labels' }),
    extra_vars: z
      .record(AnsibleVariableName, VariableValue)
      .default({})
      .meta({ description: 'Values of variables; those of secrets are never shown again' }),
    secret_vars: z.array(AnsibleVariableName).max(100).default([]).meta({
      description:
        'Names in extra_vars that are secrets although the playbook does not declare them so',
    }),
    check: z
      .boolean()
      .default(false)
      .meta({ description: 'Change nothing, tell what would change' }),
    diff: z.boolean().default(false).meta({ description: 'Tell differences of files' }),
    tags: Tags.default([]).meta({ description: 'Only tasks with one of these tags' }),
    skip_tags: Tags.default([]).meta({ description: 'No tasks with one of these tags' }),
    limit_parallel: z.int().min(1).max(1000).default(20).meta({
      description: 'Servers worked on at the same time',
    }),
    stop_on_failure: z.boolean().default(false).meta({
      description: 'After a failure begin on no further server',
    }),
    timeout_seconds: ExecuteAnsibleParams.shape.timeout.optional().meta({
      description:
        'After this time the playbook is ended on a server; default from the configuration',
    }),
  })
  .refine((run) => (run.server_ids === undefined) !== (run.labels === undefined), {
    path: ['server_ids'],
    error: 'give either server_ids or labels',
  })
  .refine((run) => run.labels === undefined || Object.keys(run.labels).length > 0, {
    path: ['labels'],
    error: 'must name at least one label',
  })
  .meta({ id: 'CreatePlaybookRun' });
export type CreatePlaybookRun = z.infer<typeof CreatePlaybookRun>;

/** Value of the `Idempotency-Key` header. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1-255 visible ASCII characters' });

/** Path of one run. */
export const PlaybookRunPath = z.strictObject({ id: z.uuid() });
export type PlaybookRunPath = z.infer<typeof PlaybookRunPath>;

/** Path of one server of a run. */
export const PlaybookRunServerPath = z.strictObject({ id: z.uuid(), server_id: z.uuid() });
export type PlaybookRunServerPath = z.infer<typeof PlaybookRunServerPath>;

/** Filters of the list. */
export const PlaybookRunQuery = z.strictObject({
  ...pageFields,
  playbook: z.string().min(1).max(100).optional().meta({ description: 'Id or name' }),
  server_id: z.uuid().optional(),
  operation_id: z.uuid().optional().meta({ description: 'The run that an operation works for' }),
  state: z
    .preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(z.enum(RUN_STATES)).min(1).max(RUN_STATES.length).optional(),
    )
    .meta({ description: 'One state or several' }),
});
export type PlaybookRunQuery = z.infer<typeof PlaybookRunQuery>;

/** Where to read results from. */
export const PlaybookTaskQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
});
export type PlaybookTaskQuery = z.infer<typeof PlaybookTaskQuery>;

const RecapView = z
  .object({
    ok: z.int(),
    changed: z.int(),
    failed: z.int(),
    unreachable: z.int(),
    skipped: z.int(),
    rescued: z.int(),
    ignored: z.int(),
  })
  .meta({ id: 'PlaybookRecap' });

const summaryFields = {
  id: z.uuid(),
  playbook: z.object({
    id: z.string().nullable().meta({ description: 'null once the playbook was removed' }),
    name: z.string(),
    version: z.int().nullable().meta({ description: 'null for one that comes with MyX' }),
    sha256: z.string(),
  }),
  check: z.boolean(),
  diff: z.boolean(),
  tags: z.array(z.string()),
  skip_tags: z.array(z.string()),
  limit_parallel: z.int(),
  stop_on_failure: z.boolean(),
  timeout_seconds: z.int(),
  extra_vars: z.record(z.string(), z.unknown()).meta({ description: 'Without secrets' }),
  secret_vars: z.array(z.string()).meta({ description: 'Names of secrets that have a value' }),
  selector: z.object({
    server_ids: z.array(z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  batch_id: z.uuid().nullable(),
  retry_of: z.uuid().nullable(),
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable().meta({ description: 'When the first server began' }),
  finished_at: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'When the last server ended; null before' }),
  finished: z.boolean(),
  state: z.enum(RUN_STATES),
  servers_total: z.int(),
  by_state: z.partialRecord(z.enum(RUN_STATES), z.int()),
};

const PlaybookRunSummary = z.object(summaryFields).meta({ id: 'PlaybookRunSummary' });

const RunServerView = z
  .object({
    server_id: z.uuid(),
    server_name: z.string(),
    operation_id: z.uuid(),
    state: z.enum(RUN_STATES),
    outcome: CommandOutcome.nullable().meta({ description: 'How ansible-playbook ended' }),
    exit_code: z.int().nullable(),
    recap: RecapView.nullable(),
    tasks: z.int().meta({ description: 'Results stored so far' }),
    current: z
      .object({ task: z.string(), started_at: z.iso.datetime() })
      .nullable()
      .meta({ description: 'The task that runs now, or ran last while the run goes on' }),
    error: z
      .object({ step: z.string(), layer: z.string(), code: z.string(), message: z.string() })
      .nullable(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'PlaybookRunServer' });

/** A run with what it came to on each server. */
export const PlaybookRunDetails = z
  .object({
    ...summaryFields,
    totals: RecapView.meta({ description: 'Sum of the recaps' }),
    servers: z.array(RunServerView),
  })
  .meta({ id: 'PlaybookRun' });
export type PlaybookRunDetails = z.infer<typeof PlaybookRunDetails>;

/** A page of runs. */
export const PlaybookRunPage = pageOf(PlaybookRunSummary).meta({ id: 'PlaybookRunPage' });
export type PlaybookRunPage = z.infer<typeof PlaybookRunPage>;

/** What cancelling a run came to. */
export const PlaybookRunCancelReport = z
  .object({
    run: PlaybookRunDetails,
    cancelled: z.int().meta({ description: 'Servers that a cancel was asked for' }),
  })
  .meta({ id: 'PlaybookRunCancelReport' });
export type PlaybookRunCancelReport = z.infer<typeof PlaybookRunCancelReport>;

/** Results of one server of a run, in order. */
export const PlaybookTasks = z
  .object({
    tasks: z.array(
      z
        .object({
          seq: z.int(),
          task_id: z.string(),
          task: z.string(),
          role: z.string().nullable(),
          play: z.string(),
          action: z.string(),
          item: z
            .string()
            .nullable()
            .meta({ description: 'One item of a loop; null for the task as a whole' }),
          status: AnsibleTaskStatus,
          ignored: z.boolean(),
          duration_ms: z.int(),
          message: z.string().nullable(),
          diff: z.string().nullable(),
          at: z.iso.datetime(),
        })
        .meta({ id: 'PlaybookTaskResult' }),
    ),
    next_after: z.int().meta({ description: '`after` of the next request' }),
    current: z
      .object({
        task_id: z.string(),
        task: z.string(),
        role: z.string().nullable(),
        play: z.string(),
        action: z.string(),
        started_at: z.iso.datetime(),
      })
      .nullable()
      .meta({ description: 'What runs now' }),
    dropped: z.int().meta({ description: 'Results beyond those kept' }),
  })
  .meta({ id: 'PlaybookTasks' });
export type PlaybookTasks = z.infer<typeof PlaybookTasks>;
