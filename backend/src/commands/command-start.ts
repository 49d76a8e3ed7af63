import { AGENT_CERTIFICATE_UNKNOWN } from '../agents/index.js';
import type { AgentClient } from '../platform/agent-client/index.js';
import { AgentCallError, CONNECTION_REPLACED } from '../platform/agent-client/index.js';
import { AppError } from '../platform/errors/index.js';
import type { CommandHolder } from './command-holder.js';
import { executeParams, outputLimit } from './command-request.js';

/** Seconds until a command is sent again to an agent that had no room for it. */
export const NO_ROOM_SECONDS = 2;

/** What became of an attempt to start. */
type Start = Started | 'over' | 'again';

/** The agent has the command. */
export interface Started {
  /** Settles when that is stored. Collecting need not wait for it, but must not store before it. */
  readonly stored: Promise<void>;
}

/** RPC errors after which it is certain that nothing runs and nothing will. */
const REFUSALS = new Set([
  'no_space',
  'start_failed',
  'invalid_params',
  'invalid_request',
  'parse_error',
  'method_not_found',
  'command_conflict',
]);

/**
 * Gets a command started at its agent, at most once.
 *
 * The agent starts an id once, whatever is sent again, as long as it has its state. So a command that may
 * have arrived is sent again only to an agent whose state is the one it was first sent to
 * (`state_epoch`). `rejected` is said only when no attempt can have arrived.
 */
export class CommandStart {
  /** The command itself was on its way, not only a question before it. */
  private wasSent = false;

  constructor(
    private readonly holder: CommandHolder,
    /** State of the agent when the command was first sent, if known. */
    private agentEpoch: string | null,
    private mayHaveArrived: boolean,
  ) {}

  /** Answers once the command runs or has run; undefined when it is over without. */
  async perform(): Promise<Started | undefined> {
    for (;;) {
      const result = await this.attempt();
      if (result !== 'again') return result === 'over' ? undefined : result;
    }
  }

  private async attempt(): Promise<Start> {
    try {
      const client = await this.holder.client();
      if (this.mayHaveArrived) {
        const known = await this.askWhatHappened(client);
        if (known !== 'again') return known;
      }
      this.agentEpoch ??= await this.stateOf(client);
      await this.send(client);
      return this.started();
    } catch (error) {
      if (error instanceof AgentCallError) return this.failed(error);
      if (error instanceof AppError) return this.impossible(error);
      throw error;
    }
  }

  private started(): Started {
    const stored = this.holder.running();
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    stored.catch(() => undefined);
    return { stored };
  }

  private async send(client: AgentClient): Promise<void> {
    const { tools, command, signal } = this.holder;
    const input = await tools.inputs.open(command.inputId);
    const request = { visible: command.request, ...input };
    const limit = outputLimit(tools.config.commands.output_limit_bytes);
    this.wasSent = true;
    await client.call('execute_command', executeParams(command.id, request, limit), {
      signal,
      onRetry: ({ cause }) => {
        if (!cause.notDelivered) this.mayHaveArrived = true;
      },
    });
  }

  /** For a command that may have arrived: `again` means that sending it again is safe. */
  private async askWhatHappened(client: AgentClient): Promise<Start> {
    const isSameState = this.agentEpoch === (await this.stateOf(client));
    const isWanted = this.holder.command.cancelGraceMs === null;
    if (isSameState && isWanted) return 'again';
    if (await this.isKnown(client)) return this.started();
    await this.holder.conclude(
      isSameState
        ? { outcome: 'cancelled', reason: 'Cancelled before it started.' }
        : {
            outcome: 'lost',
            reason: 'The agent lost its state while the command was being sent: it may have run.',
          },
    );
    return 'over';
  }

  private async stateOf(client: AgentClient): Promise<string> {
    const sentAt = { sent_at: new Date().toISOString() };
    const { agent } = await client.call('heartbeat', sentAt, { signal: this.holder.signal });
    return agent.state_epoch;
  }

  private async isKnown(client: AgentClient): Promise<boolean> {
    const nothing = { offsets: { stdout: 0, stderr: 0 }, max_bytes: 1, wait_ms: 0 };
    try {
      await client.call(
        'get_command_log',
        { command_id: this.holder.command.id, ...nothing },
        { signal: this.holder.signal },
      );
      return true;
    } catch (error) {
      if (error instanceof AgentCallError && error.rpcError === 'command_not_found') return false;
      throw error;
    }
  }

  private async failed(error: AgentCallError): Promise<Start> {
    const { rpcError, layer, message } = error;
    if (rpcError === 'too_many_commands') {
      const { executions, news } = this.holder.tools;
      const queued = await executions.requeue(this.holder.lease, NO_ROOM_SECONDS);
      news.changed(this.holder.stored(queued));
      return 'over';
    }
    if (rpcError !== undefined && REFUSALS.has(rpcError)) {
      await this.holder.conclude({ outcome: 'rejected', reason: message });
      return 'over';
    }
    if (rpcError === 'command_forgotten') {
      const reason = 'The agent had the command and has forgotten it: its result is unknown.';
      await this.holder.conclude({ outcome: 'lost', reason });
      return 'over';
    }
    if (error.code === CONNECTION_REPLACED) {
      // The manager gave the connection up itself: the next one leads to where the agent is now.
      this.mayHaveArrived ||= this.wasSent;
      return 'again';
    }
    if ((error.notDelivered || !this.wasSent) && !this.mayHaveArrived) {
      await this.holder.conclude({
        outcome: 'rejected',
        reason: `Not started (${layer}): ${message}`,
      });
      return 'over';
    }
    this.mayHaveArrived = true;
    await this.holder.unreachable(error);
    return 'again';
  }

  /** There is no agent to send to: it was never installed, is being installed anew, or was removed. */
  private async impossible(error: AppError): Promise<Start> {
    const { message, definition } = error;
    if (this.mayHaveArrived && definition === AGENT_CERTIFICATE_UNKNOWN) {
      await this.holder.unreachable({ layer: 'agent', code: definition.name, message });
      return 'again';
    }
    await this.holder.conclude(
      this.mayHaveArrived
        ? { outcome: 'lost', reason: `The agent is gone: ${message}` }
        : { outcome: 'rejected', reason: message },
    );
    return 'over';
  }
}
