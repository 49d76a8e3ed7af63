import { setTimeout as pause } from 'node:timers/promises';
import type { CommandLog, CommandResult, CommandState } from '@myx/protocol';
import { LIMITS } from '@myx/protocol';
import { isHandedOver } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import type { AgentClient, CallOptions } from '../platform/agent-client/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';

/** What a step's context is needed for here. */
export type HostContext = Pick<StepContext<unknown>, 'signal' | 'log'>;

/** Output asked for at once, bytes. */
const READ_BYTES = 512 * 1024;

/** How long an agent holds a question open when there is nothing new, milliseconds. */
const WAIT_MS = 20_000;

/** The first question waits a moment only: most commands end soon, and need no connection of their own. */
const FIRST_WAIT_MS = 1_000;

/** Longest pause between two tries to reach an agent, milliseconds. */
const PAUSE_LIMIT_MS = 15_000;

/** What a command gets between the request to end and the end, milliseconds. */
const GRACE_MS = 5_000;

/** How long an agent is asked to end a command, milliseconds. */
const CANCEL_MS = 60_000;

/** Takes a stretch of output; a gap in it comes as null. */
export type OutputSink = (stream: 'stdout' | 'stderr', bytes: Buffer | null) => void;

/**
 * One command on a server, by its id, for a step of an operation. The link may break and the agent may
 * restart meanwhile: it is asked again until the step's signal aborts.
 */
export class HostCommand {
  /** Whether the agent can have it. */
  private mayRun = false;

  constructor(
    private readonly client: () => Promise<AgentClient>,
    private readonly context: HostContext,
    readonly id: string,
    /** For people: what runs. */
    private readonly what: string,
  ) {}

  /**
   * Starts it, or finds it started: `send` may be called again, the agent starts an id once. Unless
   * `isPatient`, an agent that cannot be reached at all is a failure at once.
   *
   * @throws AgentCallError, AppError, or the reason of the step's signal.
   */
  async start(
    send: (client: AgentClient, options: CallOptions) => Promise<CommandState>,
    isPatient: boolean,
  ): Promise<CommandState> {
    let mayHaveArrived = isPatient;
    const options: CallOptions = {
      signal: this.context.signal,
      onRetry: ({ cause }) => {
        mayHaveArrived ||= !cause.notDelivered;
      },
    };
    return this.insisting(
      (client) => {
        this.mayRun = true;
        return send(client, options);
      },
      (error) => {
        mayHaveArrived ||= !error.notDelivered;
        this.mayRun = mayHaveArrived;
        return mayHaveArrived;
      },
    );
  }

  /** Reads all output from its beginning and answers how it ended. @throws like {@link HostCommand.start} */
  async collect(sink: OutputSink): Promise<CommandResult> {
    const offsets = { stdout: 0, stderr: 0 };
    let waitMs = FIRST_WAIT_MS;
    for (;;) {
      const log = await this.read(offsets, waitMs);
      pass(log, offsets, sink);
      if (log.is_final && log.result) return log.result;
      waitMs = WAIT_MS;
    }
  }

  /**
   * What a step owes to the server when it is ended early: nobody waits for the command any more, so its
   * whole tree is ended. When the manager only stops, or another worker took over, a command that
   * `isAdopted` by the next worker goes on.
   */
  async abandon(isAdopted: boolean): Promise<void> {
    const isStopping = isHandedOver(this.context.signal);
    if (!this.mayRun || (isAdopted && isStopping)) return;
    // A manager that stops cannot wait for a server that does not answer.
    await this.end(isStopping ? GRACE_MS : CANCEL_MS);
  }

  /** Ends it, if the agent has it. Never fails; the log tells. */
  async end(patienceMs = CANCEL_MS): Promise<void> {
    try {
      await this.cancel(await this.client(), AbortSignal.timeout(patienceMs));
    } catch (error) {
      this.context.log(
        `${this.what} could not be ended on the server: ${messageOf(error)}`,
        'warning',
      );
    }
  }

  /** Ends it, if the agent has it: asks until the agent answers. @throws like {@link HostCommand.start} */
  async endForCertain(): Promise<void> {
    await this.insisting(
      (client) => this.cancel(client, this.context.signal),
      () => true,
    );
  }

  private async cancel(client: AgentClient, signal: AbortSignal): Promise<void> {
    try {
      const { state, processes_left: left } = await client.call(
        'cancel_command',
        { command_id: this.id, grace_ms: GRACE_MS },
        { signal },
      );
      // One that had ended by itself was not ended here.
      if (state.result?.outcome === 'cancelled' || left > 0) {
        const line = `ended ${this.what} on the server; processes left: ${String(left)}`;
        this.context.log(line, 'warning');
      }
    } catch (error) {
      // It never arrived, or has ended and was acknowledged: nothing is left to end.
      if (error instanceof AgentCallError && isUnknown(error)) return;
      throw error;
    }
    await this.forget();
  }

  /** Lets the agent drop the command. Never fails: the agent drops old ones by itself. */
  async forget(): Promise<void> {
    try {
      const client = await this.client();
      await client.call('forget_command', { command_id: this.id }, { retries: 0 });
    } catch (error) {
      // Only room in the agent's spool is at stake.
      if (!(error instanceof Error)) throw error;
    }
  }

  private read(offsets: { stdout: number; stderr: number }, waitMs: number): Promise<CommandLog> {
    const { signal } = this.context;
    return this.insisting(
      (client) =>
        client.call(
          'get_command_log',
          {
            command_id: this.id,
            offsets: { ...offsets },
            max_bytes: Math.min(READ_BYTES, LIMITS.logReadBytes),
            wait_ms: waitMs,
          },
          { signal },
        ),
      () => true,
    );
  }

  /** Repeats a call for as long as its failure may pass and `mayRepeat` allows. */
  private async insisting<Result>(
    work: (client: AgentClient) => Promise<Result>,
    mayRepeat: (error: AgentCallError) => boolean,
  ): Promise<Result> {
    const { signal, log } = this.context;
    for (let failures = 0; ; failures += 1) {
      try {
        const result = await work(await this.client());
        if (failures > 0) log('the agent answers again');
        return result;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AgentCallError) || !mayRepeat(error) || !isPassing(error)) {
          throw error;
        }
        if (failures === 0)
          log(`${error.message}. Trying on; ${this.what} is not affected.`, 'warning');
      }
      await pause(Math.min(1000 * 2 ** failures, PAUSE_LIMIT_MS), undefined, { signal }).catch(
        () => {
          signal.throwIfAborted();
        },
      );
    }
  }
}

/** Hands out what an answer holds, in order, and moves the offsets behind it. */
function pass(
  log: CommandLog,
  offsets: { stdout: number; stderr: number },
  sink: OutputSink,
): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const chunks = log.chunks
      .filter(({ log_type: type }) => type === stream)
      .map(({ offset, log_data: data }) => ({ from: offset, bytes: Buffer.from(data, 'base64') }));
    const gaps = log.gaps
      .filter(({ log_type: type }) => type === stream)
      .map(({ from }) => ({ from, bytes: null }));
    for (const { bytes } of [...chunks, ...gaps].sort((a, b) => a.from - b.from)) {
      sink(stream, bytes);
    }
    offsets[stream] = log.new_offsets[stream];
  }
}

/** The agent may answer otherwise in a moment. */
function isPassing({ retryable, rpcError }: AgentCallError): boolean {
  return retryable || rpcError === 'too_many_commands';
}

function isUnknown({ rpcError }: AgentCallError): boolean {
  return rpcError === 'command_not_found' || rpcError === 'command_forgotten';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
