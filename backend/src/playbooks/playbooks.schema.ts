import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import type { BuiltinPlaybook } from './builtin-playbooks.js';
import { RUN_STATES, VERSION_STATES } from './playbook.js';
import type { Playbook, PlaybookVersion } from './playbook.js';
import { VARIABLE_TYPES, VariableInput } from './playbook-variables.js';
import type { Variable } from './playbook-variables.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const PlaybookName = z
  .string()
  .trim()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, {
    error: 'must be letters, digits, spaces and ._- and begin with a letter or digit',
  })
  .refine((name) => !UUID.test(name), { error: 'must not look like an id' });

/** What names a playbook: the id, or the name. */
export const PlaybookReference = z.string().min(1).max(100).meta({
  description: 'Id or name of a playbook',
});

/** Path of one playbook. */
export const PlaybookPath = z.strictObject({ id: PlaybookReference });
export type PlaybookPath = z.infer<typeof PlaybookPath>;

/** Path of one version. */
export const PlaybookVersionPath = z.strictObject({
  id: PlaybookReference,
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});
export type PlaybookVersionPath = z.infer<typeof PlaybookVersionPath>;

/** Where to begin in the list of versions. */
export const PlaybookVersionQuery = z.strictObject(pageFields);
export type PlaybookVersionQuery = z.infer<typeof PlaybookVersionQuery>;

/** What to compare a version with. */
export const PlaybookDiffQuery = z.strictObject({
  against: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .meta({ description: 'Left out: the version before it' }),
});
export type PlaybookDiffQuery = z.infer<typeof PlaybookDiffQuery>;

/** How long to wait for something to end. */
export const PlaybookWaitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(0)
    .meta({ description: 'Answer when it has ended, or after so many seconds' }),
});
export type PlaybookWaitQuery = z.infer<typeof PlaybookWaitQuery>;

const Variables = z
  .array(VariableInput)
  .max(100)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
    error: 'two variables have the same name',
  });

const contentFields = {
  content: z.string().meta({ description: 'YAML: a list of plays on localhost, at most 256 KiB' }),
  variables: Variables.optional().meta({
    description: 'Left out: those that the comment above the first play declares',
  }),
  note: z.string().max(1000).default('').meta({ description: 'What is new in this version' }),
};

/** A new playbook with its first version. */
export const CreatePlaybook = z
  .strictObject({
    name: PlaybookName,
    description: z.string().max(2000).optional().meta({
      description: 'Left out: the one in the comment above the first play',
    }),
    ...contentFields,
  })
  .meta({ id: 'CreatePlaybook' });
export type CreatePlaybook = z.infer<typeof CreatePlaybook>;

/** Changes of a playbook. Another text, or other variables, become a new version. */
export const UpdatePlaybook = z
  .strictObject({
    name: PlaybookName.optional(),
    description: z.string().max(2000).optional(),
    ...contentFields,
    content: contentFields.content.optional(),
    base_version: z.int().min(1).optional().meta({
      description: 'The version that was edited; refused when there is a newer one',
    }),
  })
  .meta({ id: 'UpdatePlaybook' });
export type UpdatePlaybook = z.infer<typeof UpdatePlaybook>;

/** Where to check a version. */
export const CheckPlaybook = z
  .strictObject({
    server_id: z.uuid().meta({ description: 'Server whose Ansible reads the playbook' }),
  })
  .meta({ id: 'CheckPlaybook' });
export type CheckPlaybook = z.infer<typeof CheckPlaybook>;

const VariableView = z
  .object({
    name: z.string(),
    description: z.string(),
    type: z.enum(VARIABLE_TYPES),
    required: z.boolean(),
    secret: z.boolean(),
    default: z.unknown().meta({ description: 'Any JSON value; null of a secret' }),
    has_default: z.boolean(),
  })
  .meta({ id: 'PlaybookVariable' });

const summaryFields = {
  id: z.string().meta({ description: 'Its name, for a playbook that comes with MyX' }),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  source: z.enum(['builtin', 'own']),
  latest_version: z.int(),
  latest_state: z.enum(VERSION_STATES),
  usable_version: z
    .int()
    .nullable()
    .meta({ description: 'Newest version that passed its syntax check' }),
  created_at: z.iso.datetime().nullable(),
  updated_at: z.iso.datetime().nullable(),
};

const PlaybookSummary = z
  .object({
    ...summaryFields,
    last_run: z
      .object({ id: z.uuid(), state: z.enum(RUN_STATES), created_at: z.iso.datetime() })
      .nullable()
      .meta({ description: 'The newest run of any version' }),
  })
  .meta({ id: 'PlaybookSummary' });

type PlaybookFacts = Omit<z.infer<typeof PlaybookSummary>, 'last_run'>;

/** Every playbook: those that come with MyX first. */
export const PlaybookList = z
  .object({ items: z.array(PlaybookSummary) })
  .meta({ id: 'PlaybookList' });
export type PlaybookList = z.infer<typeof PlaybookList>;

const versionFields = {
  version: z.int(),
  sha256: z.string(),
  note: z.string(),
  state: z.enum(VERSION_STATES),
  check: z
    .object({
      operation_id: z.uuid(),
      server_id: z.uuid(),
      message: z
        .string()
        .nullable()
        .meta({ description: 'Why it did not pass: what Ansible said' }),
      checked_at: z.iso.datetime().nullable(),
    })
    .nullable(),
  author: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  created_at: z.iso.datetime().nullable(),
};

const PlaybookVersionSummary = z.object(versionFields).meta({ id: 'PlaybookVersionSummary' });

/** One version with its text. */
export const PlaybookVersionDetails = z
  .object({
    ...versionFields,
    playbook_id: z.string(),
    content: z.string(),
    variables: z.array(VariableView),
  })
  .meta({ id: 'PlaybookVersion' });
export type PlaybookVersionDetails = z.infer<typeof PlaybookVersionDetails>;

/** How a version differs from another one. */
export const PlaybookVersionDiff = z
  .object({
    version: z.int(),
    against: z
      .int()
      .nullable()
      .meta({ description: 'Null: the first version, with none before it' }),
    content_diff: z.string().nullable().meta({ description: 'Unified; null: the same text' }),
    variables_diff: z.string().nullable().meta({
      description: 'Unified, of the declared variables as YAML without secrets; null: the same',
    }),
  })
  .meta({ id: 'PlaybookVersionDiff' });
export type PlaybookVersionDiff = z.infer<typeof PlaybookVersionDiff>;

/** A page of versions, newest first. */
export const PlaybookVersionPage = pageOf(PlaybookVersionSummary).meta({
  id: 'PlaybookVersionPage',
});
export type PlaybookVersionPage = z.infer<typeof PlaybookVersionPage>;

/** A playbook with its latest version. */
export const PlaybookDetails = z
  .object({ ...summaryFields, latest: PlaybookVersionDetails })
  .meta({ id: 'PlaybookDetails' });
export type PlaybookDetails = z.infer<typeof PlaybookDetails>;

/** What is told of a playbook of the user's own, besides its text. */
export function summaryOf(playbook: Playbook): PlaybookFacts {
  return {
    id: playbook.id,
    name: playbook.name,
    title: playbook.name,
    description: playbook.description,
    source: 'own',
    latest_version: playbook.latestVersion,
    latest_state: playbook.latestState,
    usable_version: playbook.usableVersion,
    created_at: playbook.createdAt.toISOString(),
    updated_at: playbook.updatedAt.toISOString(),
  };
}

/** What is told of a playbook that comes with MyX, besides its text. */
export function builtinSummaryOf({ name, header }: BuiltinPlaybook): PlaybookFacts {
  return {
    id: name,
    name,
    title: header.title ?? name,
    description: header.description,
    source: 'builtin',
    latest_version: 1,
    latest_state: 'usable',
    usable_version: 1,
    created_at: null,
    updated_at: null,
  };
}

/** A version as lists show it. */
export function versionSummaryOf(version: PlaybookVersion): z.infer<typeof PlaybookVersionSummary> {
  const { check } = version;
  return {
    version: version.version,
    sha256: version.sha256,
    note: version.note,
    state: version.state,
    check: check && {
      operation_id: check.operationId,
      server_id: check.serverId,
      message: check.message,
      checked_at: check.checkedAt?.toISOString() ?? null,
    },
    author: version.author,
    created_at: version.createdAt.toISOString(),
  };
}

/** A version as it is shown by itself. */
export function versionOf(version: PlaybookVersion): PlaybookVersionDetails {
  const sealed = new Set(version.secretDefaults);
  return {
    ...versionSummaryOf(version),
    playbook_id: version.playbookId,
    content: version.content,
    variables: version.variables.map((variable) => variableOf(variable, sealed)),
  };
}

/** The only version of a playbook that comes with MyX. */
export function builtinVersionOf(playbook: BuiltinPlaybook): PlaybookVersionDetails {
  return {
    playbook_id: playbook.name,
    version: 1,
    sha256: playbook.sha256,
    note: '',
    state: 'usable',
    check: null,
    author: { kind: 'system', id: 'system', name: 'MyX' },
    created_at: null,
    content: playbook.content,
    variables: playbook.header.variables.map((variable) => variableOf(variable, new Set())),
  };
}

function variableOf(variable: Variable, sealed: ReadonlySet<string>): z.infer<typeof VariableView> {
  const { name, description, type, required, secret, default: value = null } = variable;
  return {
    name,
    description,
    type,
    required,
    secret,
    default: secret ? null : value,
    has_default: secret ? sealed.has(name) : value !== null,
  };
}
