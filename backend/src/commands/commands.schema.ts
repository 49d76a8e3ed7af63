import { ArgvText, CommandLimits, CommandOutcome, LIMITS, TimeoutSeconds } from '@myx/protocol';
import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import { CAUSE_LAYERS } from '../servers/index.js';
import { INTERPRETERS } from './command-request.js';
import { COMMAND_STATUSES } from './command.js';

/** Text that PostgreSQL and an argument vector can hold. */
const Text = ArgvText.refine((text) => text.isWellFormed(), { error: 'must be valid Unicode' });

const Script = z.strictObject({
  interpreter: z.enum(INTERPRETERS),
  body: z
    .string()
    .min(1)
    .refine((body) => Buffer.byteLength(body) <= LIMITS.scriptBytes, {
      error: `must be at most ${LIMITS.scriptBytes} bytes`,
    })
    .refine((body) => !body.includes('\0') && body.isWellFormed(), {
      error: 'must be valid Unicode without NUL characters',
    }),
});

const requestFields = {
  command: Text.min(1)
    .max(4096)
    .optional()
    .meta({ description: 'Absolute path of the program, or a name looked up in PATH' }),
  args: z.array(Text).max(1024).default([]),
  script: Script.optional().meta({ description: 'Instead of `command`' }),
  timeout_seconds: TimeoutSeconds.optional().meta({
    description: 'After this time the whole process tree is ended; default from the configuration',
  }),
  cwd: Text.max(4096).startsWith('/', { error: 'must be an absolute path' }).optional(),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), Text)
    .refine((env) => Object.keys(env).length <= 256, { error: 'must have at most 256 entries' })
    .optional()
    .meta({ description: 'Values are never shown again' }),
  stdin: z.string().optional().meta({ description: 'Standard input; never shown again' }),
  stdin_encoding: z.enum(['utf8', 'base64']).default('utf8'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]{0,31}\$?$/i, { error: 'must be a login name' })
    .optional()
    .meta({ description: 'Default root' }),
  limits: CommandLimits.omit({ output_bytes: true }).optional(),
};

interface RequestShape {
  readonly command?: string | undefined;
  readonly script?: unknown;
  readonly stdin?: string | undefined;
  readonly stdin_encoding: 'utf8' | 'base64';
}

/** Exactly one of `command` and `script`. */
function namesOneProgram(request: RequestShape): boolean {
  return (request.command === undefined) !== (request.script === undefined);
}

function hasReadableStdin({ stdin, stdin_encoding: encoding }: RequestShape): boolean {
  if (stdin === undefined) return true;
  if (encoding === 'base64' && !z.base64().safeParse(stdin).success) return false;
  return Buffer.from(stdin, encoding).length <= LIMITS.stdinBytes;
}

const ONE_PROGRAM = { path: ['command'], error: 'give either command or script' };
const STDIN = {
  path: ['stdin'],
  error: `must be at most ${LIMITS.stdinBytes} bytes in the given encoding`,
};

/** What to execute on one server. */
export const CreateCommand = z
  .strictObject(requestFields)
  .refine(namesOneProgram, ONE_PROGRAM)
  .refine(hasReadableStdin, STDIN)
  .meta({ id: 'CreateCommand' });
export type CreateCommand = z.infer<typeof CreateCommand>;

/** What to execute on many servers. */
export const CreateRun = z
  .strictObject({
    ...requestFields,
    server_ids: z.array(z.uuid()).min(1).max(10_000).optional(),
    labels: z
      .record(z.string().min(1).max(63), z.string().max(255))
      .optional()
      .meta({ description: 'Servers that have all of these labels' }),
  })
  .refine(namesOneProgram, ONE_PROGRAM)
  .refine(hasReadableStdin, STDIN)
  .refine((run) => (run.server_ids === undefined) !== (run.labels === undefined), {
    path: ['server_ids'],
    error: 'give either server_ids or labels',
  })
  .refine((run) => run.labels === undefined || Object.keys(run.labels).length > 0, {
    path: ['labels'],
    error: 'must name at least one label',
  })
  .meta({ id: 'CreateRun' });
export type CreateRun = z.infer<typeof CreateRun>;

/** Value of the `Idempotency-Key` header. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1-255 visible ASCII characters' });

/** Path parameters that name one object. */
export const IdParams = z.strictObject({ id: z.uuid() });
export type IdParams = z.infer<typeof IdParams>;

/** Query of a new command. */
export const WaitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(0)
    .meta({ description: 'Answer when the command has ended, or after so many seconds' }),
});
export type WaitQuery = z.infer<typeof WaitQuery>;

/** Body of a cancel. */
export const CancelCommand = z
  .strictObject({
    grace_seconds: z
      .number()
      .min(0)
      .max(60)
      .default(10)
      .meta({ description: 'Between SIGTERM and SIGKILL' }),
  })
  .meta({ id: 'CancelCommand' });
export type CancelCommand = z.infer<typeof CancelCommand>;

/** One value or several, as query strings have it. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(20).optional(),
  );
}

/** Query of the list of commands. */
export const CommandsQuery = z.strictObject({
  ...pageFields,
  server_id: z.uuid().optional(),
  run_id: z.uuid().optional(),
  status: listOf(z.enum(COMMAND_STATUSES)),
  outcome: listOf(CommandOutcome),
  actor_id: z.string().max(64).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type CommandsQuery = z.infer<typeof CommandsQuery>;

/** Query of output. */
export const OutputQuery = z.strictObject({
  stream: z.enum(['stdout', 'stderr']),
  offset: z.coerce.number().int().min(0).default(0),
  max_bytes: z.coerce.number().int().min(1).optional().meta({
    description: 'At most so many bytes; not with `follow`',
  }),
  follow: z.stringbool().default(false).meta({ description: 'Go on until the command has ended' }),
});
export type OutputQuery = z.infer<typeof OutputQuery>;

const Actor = z.object({ kind: z.string(), id: z.string(), name: z.string() });

/** A request as it may be shown. */
export const ShownRequest = z
  .object({
    command: z.string(),
    args: z.array(z.string()),
    timeout_seconds: z.int(),
    cwd: z.string().nullable(),
    user: z.string().nullable(),
    env_names: z.array(z.string()),
    stdin_bytes: z.int(),
    script_bytes: z.int().nullable(),
    limits: CommandLimits.nullable(),
  })
  .meta({ id: 'CommandRequest' });

/** One execution of one program or script on one server. */
export const CommandDescription = z
  .object({
    id: z.uuid(),
    server_id: z.uuid(),
    run_id: z.uuid().nullable(),
    actor: Actor,
    request: ShownRequest,
    script: z.string().nullable().optional().meta({ description: 'Not in lists' }),
    status: z.enum(COMMAND_STATUSES),
    outcome: CommandOutcome.nullable(),
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    reason: z.string().nullable(),
    output_incomplete: z.boolean(),
    stdout_bytes: z.int(),
    stderr_bytes: z.int(),
    gaps: z
      .array(z.object({ stream: z.enum(['stdout', 'stderr']), from: z.int(), to: z.int() }))
      .meta({ description: 'Output that was produced but is not kept' }),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    unreachable: z
      .object({
        since: z.iso.datetime(),
        layer: z.enum(CAUSE_LAYERS),
        code: z.string(),
        message: z.string(),
      })
      .nullable()
      .meta({ description: 'Set while the agent that has the command cannot be reached' }),
  })
  .meta({ id: 'Command' });
export type CommandDescription = z.infer<typeof CommandDescription>;

/** A page of commands. */
export const CommandPage = pageOf(CommandDescription).meta({ id: 'CommandPage' });
export type CommandPage = z.infer<typeof CommandPage>;

/** What a cancel came to. */
export const CancelReport = z
  .object({
    command: CommandDescription,
    processes_left: z.int().meta({
      description: 'Processes of the command that are still there; 0 unless one is stuck',
    }),
  })
  .meta({ id: 'CancelReport' });
export type CancelReport = z.infer<typeof CancelReport>;
