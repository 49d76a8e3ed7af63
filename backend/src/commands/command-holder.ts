import { setTimeout as sleep } from 'node:timers/promises';
import type { MethodName, ParamsOf, ResultOf } from '@myx/protocol';
import { AgentCallError, CONNECTION_REPLACED } from '../platform/agent-client/index.js';
import type { AgentClient } from '../platform/agent-client/index.js';
import type { StatusCause } from '../servers/index.js';
import type { Command, LeasedCommand } from './command.js';
import type { ExecutionTools } from './execution-tools.js';
import type { Lease, OwnVerdict } from './execution.repository.js';

/** Another process has taken the command over: this one must not touch it any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Pauses between attempts to reach an agent that holds a command, milliseconds. */
const PAUSE_MS = { first: 1_000, most: 30_000 } as const;

/** A cancel that has not ended its command so long after its grace time never arrived, milliseconds. */
const CANCEL_PATIENCE_MS = 2_000;

/**
 * The hold of this process on one command: writes under its lease, and the way to its agent. Knows what
 * was stored last.
 */
export class CommandHolder {
  readonly lease: Lease;
  private current: Command;
  private pauseMs: number = PAUSE_MS.first;
  private wakeUp = new AbortController();
  /** When a cancel that somebody asked for is to be sent from here. */
  private cancelDueAt: number | undefined;

  constructor(
    leased: LeasedCommand,
    readonly tools: ExecutionTools,
    owner: string,
    /** Fires when this process gives up its commands. */
    readonly signal: AbortSignal,
  ) {
    this.current = leased;
    this.lease = { commandId: leased.id, owner, epoch: leased.epoch };
  }

  get command(): Command {
    return this.current;
  }

  /** Takes over what a write answered. @throws LeaseLost when it wrote nothing */
  stored(command: Command | undefined): Command {
    if (!command) throw new LeaseLost('the lease of the command is lost');
    this.current = command;
    return command;
  }

  client(): Promise<AgentClient> {
    return this.tools.agents.client(this.current.serverId);
  }

  /** Calls the agent; over the next connection when the manager gives one up in the middle. */
  async call<Name extends MethodName>(
    method: Name,
    params: ParamsOf<Name>,
  ): Promise<ResultOf<Name>> {
    for (;;) {
      const client = await this.client();
      try {
        return await client.call(method, params, { signal: this.signal });
      } catch (error) {
        const isReplaced = error instanceof AgentCallError && error.code === CONNECTION_REPLACED;
        if (!isReplaced) throw error;
      }
    }
  }

  /** Ends the command by the manager's own word. */
  async conclude(verdict: OwnVerdict): Promise<void> {
    this.tools.news.changed(this.stored(await this.tools.executions.conclude(this.lease, verdict)));
  }

  /** The agent has the command. */
  async running(): Promise<void> {
    this.tools.news.changed(this.stored(await this.tools.executions.markRunning(this.lease)));
    this.pauseMs = PAUSE_MS.first;
  }

  /** Notes that the agent answers, if it did not. Tells whether that is news. */
  async reachable(): Promise<boolean> {
    this.pauseMs = PAUSE_MS.first;
    if (this.current.unreachableSince === null) return false;
    this.tools.news.changed(this.stored(await this.tools.executions.markReachable(this.lease)));
    return true;
  }

  /**
   * Notes that the agent, which has or may have the command, cannot be reached, and waits: a growing
   * time, or until {@link CommandHolder.wake}.
   */
  async unreachable({ layer, code, message }: StatusCause): Promise<void> {
    const isNews = this.current.unreachableSince === null;
    const cause = { layer, code, message };
    this.stored(await this.tools.executions.markUnreachable(this.lease, cause));
    if (isNews) this.tools.news.changed(this.current);
    const { commandId } = this.lease;
    const { pauseMs } = this;
    this.tools.logger.warn({ commandId, layer, code, pauseMs }, 'agent of a command unreachable');
    this.pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most);
    await this.pause(pauseMs);
    this.signal.throwIfAborted();
  }

  /** Ends a pause: there is reason to believe that the agent answers again. */
  wake(): void {
    this.wakeUp.abort();
    this.wakeUp = new AbortController();
    this.pauseMs = PAUSE_MS.first;
  }

  private async pause(pauseMs: number): Promise<void> {
    const signal = AbortSignal.any([this.signal, this.wakeUp.signal]);
    // It rejects when one of the signals fires, which ends the pause.
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }

  /**
   * Asks the agent to end the command's process tree. Never throws: while the agent is unreachable the
   * wish stays stored and is sent when it answers.
   */
  async cancel(graceMs = this.current.cancelGraceMs): Promise<void> {
    const { id, status } = this.current;
    if (graceMs === null || status === 'finished') return;
    try {
      await this.call('cancel_command', { command_id: id, grace_ms: graceMs });
    } catch (error) {
      // The collector notices whatever is wrong with the agent by its own question.
      this.tools.logger.warn({ err: error, commandId: id }, 'cancel not delivered');
    }
  }
  /**
   * A cancel is asked for, and whoever asked has sent it to the agent. Sends it again when it has not
   * ended the command in time: the manager that sent it may have died, or not reached the agent.
   */
  cancelWished(graceMs: number): void {
    const now = performance.now();
    this.cancelDueAt ??= now + graceMs + CANCEL_PATIENCE_MS;
    if (now < this.cancelDueAt) return;
    this.cancelDueAt = undefined;
    void this.cancel(graceMs);
  }
}
