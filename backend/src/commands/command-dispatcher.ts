import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { CommandCollector } from './command-collector.js';
import { CommandHolder, LeaseLost } from './command-holder.js';
import { CommandStart, NO_ROOM_SECONDS } from './command-start.js';
import type { LeasedCommand } from './command.js';
import { ExecutionRepository } from './execution.repository.js';
import { ExecutionTools } from './execution-tools.js';

/** Commands of other processes taken over at once. */
const TAKE_OVER = 100;

/** How long commands in progress may take to let go at shutdown, milliseconds. */
const STOP_MS = 5_000;

interface Execution {
  readonly holder: CommandHolder;
  readonly done: Promise<void>;
}

/**
 * Works on commands in this process: takes queued ones within the limits as soon as there is room, gets
 * them started, and collects their output. Whatever it holds when the process dies is taken over by the
 * next one from the stored offset.
 */
@Injectable()
export class CommandDispatcher {
  /** Holder of this process's leases. */
  private readonly owner = randomUUID();
  private readonly executions = new Map<string, Execution>();
  private readonly stopping = new AbortController();
  private claiming: Promise<void> | undefined;
  private mustClaimAgain = false;

  constructor(
    private readonly repository: ExecutionRepository,
    private readonly tools: ExecutionTools,
    private readonly transactions: TransactionRunner,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes queued commands as part of the caller's transaction; launch them after its commit. */
  claim(manager: EntityManager): Promise<LeasedCommand[]> {
    const { max_concurrent: total, max_concurrent_per_server: perServer } = this.config.commands;
    return this.repository.claim(manager, this.owner, { total, perServer });
  }

  /** Starts working on claimed commands. */
  launch(commands: readonly LeasedCommand[]): void {
    for (const command of commands) this.work(command, false);
  }

  /** Looks for queued commands that may start now. Calls that come while it looks are one more look. */
  kick(): void {
    if (this.stopping.signal.aborted) return;
    this.mustClaimAgain = true;
    this.claiming ??= this.claimAll().finally(() => {
      this.claiming = undefined;
    });
  }

  /** Takes over commands that nobody works on any more. */
  async takeOver(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const commands = await this.repository.takeOver(this.owner, TAKE_OVER);
    for (const command of commands) {
      this.logger.info({ commandId: command.id, epoch: command.epoch }, 'command taken over');
      this.work(command, true);
    }
  }

  /** Prolongs the leases of what this process works on, and sees to it that cancels arrive. */
  async renew(): Promise<void> {
    if (this.executions.size === 0) return;
    const wishes = await this.repository.renew(this.owner, [...this.executions.keys()]);
    for (const { id, graceMs } of wishes) this.executions.get(id)?.holder.cancelWished(graceMs);
  }

  /** A server answers again: commands waiting for it need not wait longer. */
  wakeServer(serverId: string): void {
    for (const { holder } of this.executions.values()) {
      if (holder.command.serverId === serverId) holder.wake();
    }
  }

  /** Tells an agent that it may drop a command whose output and result are stored. */
  async forget(commandId: string, serverId: string): Promise<void> {
    try {
      const client = await this.tools.agents.client(serverId);
      await client.call(
        'forget_command',
        { command_id: commandId },
        { retries: 0, signal: this.stopping.signal },
      );
      await this.repository.forgotten(commandId);
    } catch (error) {
      // Tried again later; the agent drops it by itself in the end.
      this.logger.debug({ err: error, commandId }, 'agent not told to forget a command');
    }
  }

  /** Lets go of all commands, so that another process can go on with them at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const done = Promise.allSettled([...this.executions.values()].map((each) => each.done));
    const timeout = new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
    await Promise.race([Promise.all([done, this.claiming]), timeout]);
    await this.repository.release(this.owner);
  }

  private async claimAll(): Promise<void> {
    try {
      while (this.mustClaimAgain && !this.stopping.signal.aborted) {
        this.mustClaimAgain = false;
        this.launch(await this.transactions.run(({ manager }) => this.claim(manager)));
      }
    } catch (error) {
      // The sweep looks again in a moment.
      this.logger.error({ err: error }, 'queued commands not found');
    }
  }

  private work(command: LeasedCommand, isResumed: boolean): void {
    const previous = this.executions.get(command.id);
    const holder = new CommandHolder(command, this.tools, this.owner, this.stopping.signal);
    const done = this.perform(holder, command, isResumed)
      .catch((error: unknown) => {
        this.failed(holder, error);
      })
      .finally(() => {
        if (this.executions.get(command.id)?.holder === holder) this.executions.delete(command.id);
        this.kick();
        if (holder.command.status === 'queued') this.kickLater();
      });
    this.executions.set(command.id, { holder, done });
    // A take-over from oneself: the earlier execution has lost its lease and ends at its next write.
    previous?.holder.wake();
  }

  /** Looks again when a command that an agent had no room for may be sent again. */
  private kickLater(): void {
    setTimeout(
      () => {
        this.kick();
      },
      NO_ROOM_SECONDS * 1000 + 50,
    ).unref();
  }

  private async perform(
    holder: CommandHolder,
    command: LeasedCommand,
    isResumed: boolean,
  ): Promise<void> {
    let stored = Promise.resolve();
    if (command.status === 'starting') {
      const started = await new CommandStart(holder, command.agentEpoch, isResumed).perform();
      if (!started) return;
      stored = started.stored;
    }
    const collected = new CommandCollector(holder, stored).perform();
    // Once it is stored that the command runs, it is known whether a cancel was asked for meanwhile.
    stored.then(
      () => holder.cancel(),
      // The collector sees the same failure.
      () => undefined,
    );
    await collected;
    if (holder.command.status === 'finished' && holder.command.outcome !== 'lost') {
      void this.forget(command.id, command.serverId);
    }
  }

  private failed(holder: CommandHolder, error: unknown): void {
    const { commandId } = holder.lease;
    if (this.stopping.signal.aborted) return;
    if (error instanceof LeaseLost) {
      this.logger.info({ commandId }, 'command was taken over by another process');
      return;
    }
    // A bug or the database: the lease runs out, and the command is taken up again.
    this.logger.error({ err: error, commandId }, 'work on a command failed');
  }
}
