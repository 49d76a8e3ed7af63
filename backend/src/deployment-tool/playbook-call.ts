import { ExecuteAnsibleParams, LIMITS } from '@myx/protocol';
import type { AnsibleEvent, AnsibleRecapHost, CommandOutcome } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';

/** A playbook to run on a server. */
export interface PlaybookCall {
  /**
   * Made by the step (a UUID) and stored by `context.save()` before the call: with the same id the same
   * call finds its playbook again after a crash of the manager.
   */
  readonly commandId: string;
  /** `playbooks/NAME.yml` of the deployment tool, or the path of an uploaded one. */
  readonly playbook: string;
  readonly extraVars: Readonly<Record<string, unknown>>;
  /** Names in `extraVars` whose values are shown nowhere. */
  readonly secretVars: readonly string[];
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly verbosity?: 0 | 1 | 2 | 3;
  readonly syntaxCheck?: boolean;
  /** Enforced by the server itself. The step needs a longer deadline (`timeoutMs`). */
  readonly timeoutSeconds: number;
  /**
   * Told of every event, without secrets. After an interruption of the manager it is told of all of them
   * again, from the first.
   */
  readonly onEvent?: (event: AnsibleEvent) => void;
}

/** A task that failed, and was not told to be ignored. One that a rescue took up is here, too. */
export interface PlaybookFailure {
  readonly task: string;
  readonly message: string;
}

/** How a playbook ended. */
export interface PlaybookOutcome {
  readonly outcome: CommandOutcome;
  readonly exitCode: number | null;
  /** Empty when it did not get as far. */
  readonly recap: readonly AnsibleRecapHost[];
  readonly failures: readonly PlaybookFailure[];
  /** Why it was rejected, or what Ansible said last when it failed without a task that failed. */
  readonly reason: string | null;
}

/** Room for the JSON-RPC envelope around the parameters, bytes. */
const ENVELOPE_BYTES = 1024;

/** What an agent is asked for a call. @throws StepFailure when no agent would take it. */
export function ansibleParams(call: PlaybookCall): ExecuteAnsibleParams {
  const { check, diff, tags, skipTags, verbosity, syntaxCheck } = call;
  const parsed = ExecuteAnsibleParams.safeParse({
    command_id: call.commandId,
    playbook: call.playbook,
    extra_vars: call.extraVars,
    secret_vars: call.secretVars,
    timeout: call.timeoutSeconds,
    ...(check !== undefined && { check }),
    ...(diff !== undefined && { diff }),
    ...(tags !== undefined && { tags }),
    ...(skipTags !== undefined && { skip_tags: skipTags }),
    ...(verbosity !== undefined && { verbosity }),
    ...(syntaxCheck !== undefined && { syntax_check: syntaxCheck }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new StepFailure(
      'manager',
      'playbook_call_invalid',
      `The playbook cannot be run like this: ${where}: ${issue?.message ?? 'not valid'}`,
    );
  }
  const size = Buffer.byteLength(JSON.stringify(parsed.data)) + ENVELOPE_BYTES;
  if (size <= LIMITS.requestBodyBytes) return parsed.data;
  throw new StepFailure(
    'manager',
    'playbook_call_too_large',
    `The variables of the playbook are ${String(size)} bytes; an agent takes ${String(LIMITS.requestBodyBytes)}. Put large data into files.`,
  );
}
