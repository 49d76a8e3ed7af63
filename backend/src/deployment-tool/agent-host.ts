import { randomUUID } from 'node:crypto';
import type { CommandResult, ExecuteCommandParams, PutFileQuery } from '@myx/protocol';
import { LIMITS } from '@myx/protocol';
import { isHandedOver, StepFailure } from '../operations/index.js';
import type { OperationSession } from '../operations/index.js';
import type { AgentClient } from '../platform/agent-client/index.js';
import { lostPlaybook, playbookFailure, stepFailureOf } from './host-failure.js';
import { HostCommand } from './host-command.js';
import type { HostContext } from './host-command.js';
import { ansibleParams } from './playbook-call.js';
import type { PlaybookCall, PlaybookOutcome } from './playbook-call.js';
import { PlaybookReport } from './playbook-report.js';

/** How {@link AgentHost.run} runs. */
export interface HostRunOptions {
  /** Standard input, at most 512 KiB. */
  readonly input?: Buffer | string;
  /** Default one minute. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Login name; default root. */
  readonly user?: string;
  /** Exit codes that are an answer rather than a failure; 0 alone unless told. */
  readonly expected?: readonly number[];
  /** More output than this, in one stream, is a failure. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Told of output while it arrives. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Buffer) => void;
}

/** What a program on a server answered. */
export interface HostRunResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const RUN_TIMEOUT_MS = 60_000;
const OUTPUT_BYTES = 1024 * 1024;

/** A server reached through its agent, for the steps of an operation. Nothing is opened until needed. */
export class AgentHost implements OperationSession {
  private readonly ended: { readonly running: HostCommand; readonly signal: AbortSignal }[] = [];

  constructor(
    readonly serverId: string,
    private readonly client: () => Promise<AgentClient>,
  ) {}

  /**
   * Runs a program as root and answers what it printed. It is ended when the step is.
   *
   * @throws StepFailure when it cannot run, or ends with an exit code that is not expected.
   */
  async run(
    context: HostContext,
    argv: readonly string[],
    options: HostRunOptions = {},
  ): Promise<HostRunResult> {
    const [command = '', ...args] = argv;
    const { maxOutputBytes = OUTPUT_BYTES, expected = [0] } = options;
    const running = new HostCommand(this.client, context, randomUUID(), command);
    const params = runParams(running.id, command, args, options);
    const output = new BoundedOutput(command, maxOutputBytes, options.onOutput);
    return this.telling(context, async () => {
      let result: CommandResult;
      try {
        await running.start(
          (client, options) => client.call('execute_command', params, options),
          false,
        );
        result = await running.collect((stream, bytes) => {
          output.add(stream, bytes);
        });
      } catch (error) {
        await running.abandon(false);
        throw error;
      }
      await running.forget();
      return answerOf(command, result, output.taken(), expected);
    });
  }

  /**
   * Writes a file below the directories that the agent lets files into (`FILE_ROOTS`): whole and verified,
   * or not at all.
   *
   * @throws StepFailure
   */
  putFile(
    context: HostContext,
    path: string,
    source: Buffer | { readonly file: string },
    mode: PutFileQuery['mode'],
    onProgress?: (sent: number, total: number) => void,
  ): Promise<void> {
    return this.telling(context, async () => {
      const client = await this.client();
      await client.putFile(
        { path, mode, source },
        { signal: context.signal, ...(onProgress && { onProgress }) },
      );
    });
  }

  /** Reads a file below `FILE_ROOTS`; null when there is none. @throws StepFailure */
  readFile(context: HostContext, path: string, maxBytes?: number): Promise<Buffer | null> {
    return this.telling(context, async () => {
      const client = await this.client();
      return client.getFile(path, {
        signal: context.signal,
        ...(maxBytes !== undefined && { maxBytes }),
      });
    });
  }

  /**
   * Runs a playbook to its end, or goes on with the one that was started under the same id: the link may
   * break, the agent and the manager may restart meanwhile. Every task becomes a line of the step's log.
   * When the step is cancelled or its time is up, the playbook is ended on the server with everything it
   * started; when the manager only stops, it goes on and is found again.
   *
   * An undo that runs after a crash in the middle has to call {@link AgentHost.endPlaybook} first.
   *
   * @throws StepFailure when it cannot be asked for, and when nobody can know how it ended.
   */
  async playbook(context: HostContext, call: PlaybookCall): Promise<PlaybookOutcome> {
    const params = ansibleParams(call);
    const running = this.playbookOf(context, call.commandId, call.playbook);
    const report = new PlaybookReport(context, call);
    const result = await this.telling(context, async () => {
      try {
        await running.start(
          (client, options) => client.call('execute_ansible', params, options),
          true,
        );
        return await running.collect((stream, bytes) => {
          report.add(stream, bytes);
        });
      } catch (error) {
        await running.abandon(true);
        throw playbookFailure(error, call.playbook);
      }
    });
    const outcome = report.outcome(result);
    // What is acknowledged cannot be asked for again: only once the step's end is stored.
    this.ended.push({ running, signal: context.signal });
    if (outcome.outcome === 'lost') throw lostPlaybook(call.playbook, outcome.reason);
    return outcome;
  }

  /**
   * Ends a playbook that may still run, as an undo needs it before it does anything: asks until the agent
   * answers.
   *
   * @throws StepFailure
   */
  endPlaybook(context: HostContext, commandId: string, playbook: string): Promise<void> {
    const running = this.playbookOf(context, commandId, playbook);
    return this.telling(context, () => running.endForCertain());
  }

  /** Lets the agent forget the playbooks whose ends are stored. The connection is shared and stays open. */
  async close(): Promise<void> {
    const stored = this.ended.splice(0).filter(({ signal }) => !isHandedOver(signal));
    await Promise.all(stored.map(({ running }) => running.forget()));
  }

  private playbookOf(context: HostContext, commandId: string, playbook: string): HostCommand {
    return new HostCommand(this.client, context, commandId, `the playbook ${playbook}`);
  }

  /** Turns the failures of calls into failures of the step. */
  private async telling<Result>(
    { signal }: HostContext,
    work: () => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw stepFailureOf(error);
    }
  }
}

/** Collects the output of a program, up to a bound. */
class BoundedOutput {
  private readonly chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  private readonly sizes = { stdout: 0, stderr: 0 };

  constructor(
    private readonly command: string,
    private readonly limit: number,
    private readonly told: HostRunOptions['onOutput'],
  ) {}

  add(stream: 'stdout' | 'stderr', bytes: Buffer | null): void {
    this.sizes[stream] += bytes?.length ?? Infinity;
    if (bytes === null || this.sizes[stream] > this.limit) {
      throw new StepFailure(
        'server',
        'output_too_large',
        `${this.command} printed more than ${String(this.limit)} bytes.`,
      );
    }
    this.chunks[stream].push(bytes);
    this.told?.(stream, bytes);
  }

  taken(): { stdout: Buffer; stderr: Buffer } {
    const { stdout, stderr } = this.chunks;
    return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
  }
}

function runParams(
  id: string,
  command: string,
  args: readonly string[],
  options: HostRunOptions,
): ExecuteCommandParams {
  const { input, env, user, timeoutMs = RUN_TIMEOUT_MS, maxOutputBytes = OUTPUT_BYTES } = options;
  return {
    command_id: id,
    command,
    args: [...args],
    timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    ...(input !== undefined && { stdin: Buffer.from(input).toString('base64') }),
    ...(env && { env: { ...env } }),
    ...(user !== undefined && { user }),
    // Head and limit: the part that is wanted is never in the gap.
    limits: { output_bytes: maxOutputBytes + 2 * LIMITS.streamHeadBytes },
  };
}

function answerOf(
  command: string,
  { outcome, exit_code: exitCode, signal, reason }: CommandResult,
  output: { stdout: Buffer; stderr: Buffer },
  expected: readonly number[],
): HostRunResult {
  const hasEnded = outcome === 'succeeded' || outcome === 'failed';
  if (hasEnded && exitCode !== null && expected.includes(exitCode)) return { exitCode, ...output };
  if (!hasEnded) {
    throw new StepFailure(
      'server',
      `command_${outcome}`,
      `${command} ${ENDINGS[outcome]}${reason === null ? '' : `: ${reason}`}`,
    );
  }
  const words = output.stderr.toString().trim() || output.stdout.toString().trim();
  const end = signal ?? `exit code ${String(exitCode)}`;
  throw new StepFailure(
    'server',
    'command_failed',
    `${command} failed (${end}): ${words.split('\n').at(-1)?.slice(0, 1000) ?? ''}`,
  );
}

const ENDINGS = {
  timed_out: 'took longer than it may',
  cancelled: 'was cancelled on the server',
  rejected: 'could not be started',
  lost: 'was interrupted, for example by a restart of the server; how it ended is unknown',
} as const;
