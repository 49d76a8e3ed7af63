import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import { Labels } from '../servers/index.js';
import { DEPLOYMENT_STATES, VERSION_OUTCOMES } from './deployment.entity.js';
import { FormDescription, Localized } from './form-description.js';

/** Path of a deployment. */
export const DeploymentPath = z.strictObject({ id: z.uuid() });
export type DeploymentPath = z.infer<typeof DeploymentPath>;

/** Path of one version of a deployment. */
export const VersionPath = z.strictObject({
  id: z.uuid(),
  version: z.coerce.number().int().min(1),
});
export type VersionPath = z.infer<typeof VersionPath>;

/** A configuration as it is entered and answered; its schema is the kind's. */
const Config = z
  .record(z.string(), z.unknown())
  .describe(
    'By the kind; secrets are answered as `{"set": true, "id": …}`, which means “as it is” in a request',
  );

const Note = z.string().max(500).describe('Why, for the history');

const Version = z.int().min(1);

/** Options of work on several servers. */
const batchFields = {
  limit_parallel: z.int().min(1).max(100).default(5).describe('Servers worked on at the same time'),
  stop_on_failure: z.boolean().default(false).describe('Whether a failure cancels what waits'),
};

/** Puts a service on one or several servers. */
export const CreateDeployments = z
  .strictObject({
    kind: z.string().min(1).max(64),
    server_ids: z.array(z.uuid()).min(1).max(1000).optional(),
    labels: Labels.optional().describe('Instead of `server_ids`: servers that have all of these'),
    config: Config,
    note: Note.optional(),
    apply: z.boolean().default(false).describe('Whether to apply it at once'),
    ...batchFields,
  })
  .refine(({ server_ids: ids, labels }) => (ids === undefined) !== (labels === undefined), {
    path: ['server_ids'],
    error: 'give either server_ids or labels',
  })
  .meta({ id: 'CreateDeployments' });
export type CreateDeployments = z.infer<typeof CreateDeployments>;

/** Applies the desired version of several deployments. */
export const ApplyDeployments = z
  .strictObject({ deployment_ids: z.array(z.uuid()).min(1).max(1000), ...batchFields })
  .meta({ id: 'ApplyDeployments' });
export type ApplyDeployments = z.infer<typeof ApplyDeployments>;

/** Query of the list. */
export const DeploymentQuery = z.strictObject({
  ...pageFields,
  server_id: z.uuid().optional(),
  kind: z.string().max(64).optional(),
  state: z.enum(DEPLOYMENT_STATES).optional(),
  search: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Part of the name or the address of the server'),
});
export type DeploymentQuery = z.infer<typeof DeploymentQuery>;

/** Query of the history. */
export const HistoryQuery = z.strictObject(pageFields);
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** Query of one version: what it is compared with. */
export const VersionQuery = z.strictObject({
  against: z.coerce.number().int().min(1).optional().describe('Default: the version before it'),
});
export type VersionQuery = z.infer<typeof VersionQuery>;

/** A new desired configuration. */
export const PutConfig = z
  .strictObject({
    config: Config,
    note: Note.optional(),
    expected_version: Version.optional().describe(
      'Refused when the desired version is another one by now',
    ),
  })
  .meta({ id: 'PutDeploymentConfig' });
export type PutConfig = z.infer<typeof PutConfig>;

/** What to plan for. */
export const PlanRequest = z
  .strictObject({ config: Config.optional().describe('Default: the desired version') })
  .meta({ id: 'PlanDeployment' });
export type PlanRequest = z.infer<typeof PlanRequest>;

/** What to go back to. */
export const RollbackRequest = z
  .strictObject({ version: Version.optional().describe('Default: the last known good') })
  .meta({ id: 'RollBackDeployment' });
export type RollbackRequest = z.infer<typeof RollbackRequest>;

/** How to uninstall. */
export const UninstallRequest = z
  .strictObject({
    force: z
      .boolean()
      .default(false)
      .describe('Forget the deployment even when the server does not answer'),
  })
  .meta({ id: 'UninstallDeployment' });
export type UninstallRequest = z.infer<typeof UninstallRequest>;

const DeploymentProblem = z
  .object({ step: z.string(), layer: z.string(), code: z.string(), message: z.string() })
  .meta({ id: 'DeploymentProblem' });

const DifferenceView = z
  .object({
    what: z.enum(['file', 'unit', 'version', 'leftover']),
    name: z.string(),
    message: z.string(),
  })
  .meta({ id: 'DeploymentDifference' });

/** A deployment as lists show it. */
export const DeploymentSummary = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    server_id: z.uuid(),
    server_name: z.string(),
    state: z.enum(DEPLOYMENT_STATES),
    state_since: z.iso.datetime(),
    desired_version: z.int(),
    applied_version: z.int().nullable().describe('The last known good; null: never applied'),
    error: DeploymentProblem.nullable().describe('Why the last operation failed'),
    differences: z.array(DifferenceView).describe('What on the server is not as it was deployed'),
    operation_id: z.uuid().nullable().describe('The last operation that worked on it'),
    busy: z.boolean().describe('Whether that operation has not ended yet'),
    last_check_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'DeploymentSummary' });
export type DeploymentSummary = z.infer<typeof DeploymentSummary>;

const ResultView = z
  .object({ label: Localized, value: z.string(), kind: z.enum(['url', 'text']) })
  .meta({ id: 'DeploymentResult' });

/** A deployment as it is shown by itself. */
export const DeploymentDetails = DeploymentSummary.extend({
  config: Config.describe('The desired one'),
  results: z.array(ResultView).describe('Of the version that is applied'),
  program_version: z.string().nullable().describe('What the program told of its version'),
}).meta({ id: 'DeploymentDetails' });
export type DeploymentDetails = z.infer<typeof DeploymentDetails>;

/** A page of deployments. */
export const DeploymentPage = pageOf(DeploymentSummary).meta({ id: 'DeploymentPage' });
export type DeploymentPage = z.infer<typeof DeploymentPage>;

/** What was accepted. */
export const DeploymentsAccepted = z
  .object({
    deployments: z.array(DeploymentSummary),
    batch_id: z.uuid().nullable().describe('Null when nothing is applied, or on one server only'),
    operation_ids: z.array(z.uuid()),
  })
  .meta({ id: 'DeploymentsAccepted' });
export type DeploymentsAccepted = z.infer<typeof DeploymentsAccepted>;

/** An operation was accepted. */
export const OperationAccepted = z
  .object({ deployment: DeploymentSummary, operation_id: z.uuid() })
  .meta({ id: 'DeploymentOperationAccepted' });
export type OperationAccepted = z.infer<typeof OperationAccepted>;

/** An uninstallation was accepted, or was nothing but forgetting. */
export const UninstallAccepted = z
  .object({
    operation_id: z.uuid().nullable().describe('Null when nothing of it was on the server'),
  })
  .meta({ id: 'DeploymentUninstallAccepted' });
export type UninstallAccepted = z.infer<typeof UninstallAccepted>;

/** A kind with its form. */
export const DeploymentKindView = z
  .object({ name: z.string(), title: Localized, summary: Localized, form: FormDescription })
  .meta({ id: 'DeploymentKind' });

/** Every kind. */
export const DeploymentKindList = z
  .object({ items: z.array(DeploymentKindView) })
  .meta({ id: 'DeploymentKindList' });
export type DeploymentKindList = z.infer<typeof DeploymentKindList>;

const PlannedFile = z
  .object({
    path: z.string(),
    change: z.enum(['create', 'update', 'delete', 'none']),
    mode: z.string().nullable(),
    owner: z.string().nullable(),
    group: z.string().nullable(),
    secret: z.boolean().describe('Only its digest is compared'),
    changed_on_server: z.boolean().describe('Not as it was deployed: somebody else changed it'),
    diff: z.string().nullable(),
  })
  .meta({ id: 'PlannedFile' });
export type PlannedFile = z.infer<typeof PlannedFile>;

/** Exactly what an apply would do. */
export const DeploymentPlan = z
  .object({
    from_version: z.int().nullable(),
    to_version: z.int().nullable().describe('Null: the configuration of the request, not stored'),
    config_diff: z.string().nullable(),
    files: z.array(PlannedFile),
    commands: z.array(z.string()),
    has_changes: z.boolean(),
    server: z.object({
      reachable: z.boolean(),
      reason: z.string().nullable(),
      unit: z.string().nullable(),
      unit_state: z.string().nullable(),
      program_version: z.string().nullable(),
    }),
    wanted_program_version: z.string().nullable(),
  })
  .meta({ id: 'DeploymentPlan' });
export type DeploymentPlan = z.infer<typeof DeploymentPlan>;

/** One version in the history. */
export const VersionSummary = z
  .object({
    version: z.int(),
    note: z.string().nullable(),
    copied_from: z.int().nullable().describe('The version that a rollback took it from'),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    outcome: z.enum(VERSION_OUTCOMES).nullable().describe('Null: never applied'),
    applied_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    config_diff: z.string().nullable().describe('Against the version before it'),
  })
  .meta({ id: 'DeploymentVersionSummary' });

/** A page of the history. */
export const VersionPage = pageOf(VersionSummary).meta({ id: 'DeploymentVersionPage' });
export type VersionPage = z.infer<typeof VersionPage>;

/** One version with its configuration and what it changed. */
export const VersionDetails = VersionSummary.extend({
  config: Config,
  against: z.int().nullable(),
  files: z.array(z.object({ path: z.string(), diff: z.string() })),
}).meta({ id: 'DeploymentVersionDetails' });
export type VersionDetails = z.infer<typeof VersionDetails>;
