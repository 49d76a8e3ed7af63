import { isDeepStrictEqual } from 'node:util';
import type { CommandLimits } from '@myx/protocol';
import { ExecuteCommandParams, LIMITS } from '@myx/protocol';
import { z } from 'zod';
import { AppError } from '../platform/errors/index.js';
import { INVALID_REQUEST } from '../platform/http/index.js';
import { COMMAND_TOO_LARGE } from './commands.errors.js';

/** Interpreters a script may name. */
export const INTERPRETERS = ['sh', 'bash', 'python3'] as const;
export type Interpreter = (typeof INTERPRETERS)[number];

/** What everybody who may read commands sees of a request. */
export interface VisibleRequest {
  /** The program, or the interpreter of the script. */
  readonly command: string;
  readonly args: readonly string[];
  readonly timeout_seconds: number;
  readonly cwd: string | null;
  readonly user: string | null;
  readonly env_names: readonly string[];
  readonly stdin_bytes: number;
  /** Size of the script's body, or null when there is no script. */
  readonly script_bytes: number | null;
  readonly limits: z.infer<typeof CommandLimits> | null;
}

/** Parts of a request that may hold secrets, as they are sealed. */
export const HiddenRequest = z.object({
  env: z.record(z.string(), z.string()),
  /** Base64, or null. */
  stdin: z.string().nullable(),
});
export type HiddenRequest = z.infer<typeof HiddenRequest>;

/** A whole request. */
export interface CommandRequest {
  readonly visible: VisibleRequest;
  readonly hidden: HiddenRequest;
  readonly script: string | null;
}

/** True when there is something to seal. */
export function hidesSomething({ hidden }: CommandRequest): boolean {
  return hidden.stdin !== null || Object.keys(hidden.env).length > 0;
}

/** True when both ask for the same. */
export function isSameRequest(a: CommandRequest, b: CommandRequest): boolean {
  return isDeepStrictEqual(normalised(a), normalised(b));
}

function normalised(request: CommandRequest): unknown {
  return JSON.parse(JSON.stringify(request)) as unknown;
}

/** The parameters an agent is sent for a request. */
export function executeParams(
  commandId: string,
  request: CommandRequest,
  outputBytes: number,
): ExecuteCommandParams {
  const { visible, hidden, script } = request;
  return {
    command_id: commandId,
    command: visible.command,
    args: [...visible.args],
    timeout: visible.timeout_seconds,
    ...(visible.cwd !== null && { cwd: visible.cwd }),
    ...(visible.user !== null && { user: visible.user }),
    ...(Object.keys(hidden.env).length > 0 && { env: hidden.env }),
    ...(hidden.stdin !== null && { stdin: hidden.stdin }),
    ...(script !== null && { script: Buffer.from(script, 'utf8').toString('base64') }),
    limits: { ...visible.limits, output_bytes: outputBytes },
  };
}

/** Room for the JSON-RPC envelope around the parameters. */
const ENVELOPE_BYTES = 1024;

/** Least output an agent can be told to keep: a head and a tail. */
const LEAST_OUTPUT_BYTES = 2 * LIMITS.streamHeadBytes;

/** The configured limit as agents take it. */
export function outputLimit(configuredBytes: number): number {
  return Math.max(configuredBytes, LEAST_OUTPUT_BYTES);
}

/**
 * Refuses a request that no agent would take.
 *
 * @throws AppError command_too_large; invalid_request when it does not fit the wire's schema
 */
export function refuseUnsendable(request: CommandRequest): void {
  const params = executeParams('0'.repeat(36), request, LEAST_OUTPUT_BYTES);
  const parsed = ExecuteCommandParams.safeParse(params);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new AppError(INVALID_REQUEST, `${where}: ${issue?.message ?? 'not valid'}`);
  }
  const size = Buffer.byteLength(JSON.stringify(params)) + ENVELOPE_BYTES;
  if (size <= LIMITS.requestBodyBytes) return;
  throw new AppError(
    COMMAND_TOO_LARGE,
    'Arguments, environment, standard input and script are together more than an agent takes in one request. Put large data into a file first.',
    { encoded_bytes: size, limit_bytes: LIMITS.requestBodyBytes },
  );
}
