import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentEvent } from '@myx/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { AgentsService } from '../agents/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';
import { AppError } from '../platform/errors/index.js';
import { LiveBus } from '../platform/live/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { BoardFeed } from './board-feed.js';
import { figuresOf } from './figures.js';

/** Pause before a broken stream is opened again, and its upper bound, milliseconds. */
const REOPEN_MS = { first: 1_000, most: 60_000 } as const;

/** How an attempt to follow a stream ended. */
type StreamEnd = 'broken' | 'not_opened' | 'nothing_to_follow';

/**
 * Follows the events of agents that are up: one open stream per agent, resumed from the last event seen.
 * It only makes things quicker; everything is also found out by asking.
 */
@Injectable()
export class EventFollowers implements OnModuleInit {
  private readonly followed = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  private isStopped = false;
  private unsubscribe: (() => void) | undefined;
  private whenBroken: (serverId: string) => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly agents: AgentsService,
    private readonly liveBus: LiveBus,
    private readonly feed: BoardFeed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    // The agent of a server whose record alone was removed goes on telling.
    this.unsubscribe = this.liveBus.subscribe(({ topic, type, data }) => {
      const isRemoved = topic === 'servers' && type === 'server_removed';
      if (isRemoved && typeof data.id === 'string') this.unfollow(data.id);
    });
  }

  /** Calls `listener` when a stream breaks that had been open: the server may have gone down. */
  onBreak(listener: (serverId: string) => Promise<void>): void {
    this.whenBroken = listener;
  }

  /** Follows a server's agent from event `after` on, unless it is followed already. */
  follow(serverId: string, after: number): void {
    if (this.isStopped || this.followed.has(serverId)) return;
    const stop = new AbortController();
    const ended = this.run(serverId, after, stop.signal)
      .catch((error: unknown) => {
        // A bug: the next heartbeat follows the agent again.
        this.logger.error({ err: error, serverId }, 'event stream failed inside the manager');
      })
      .finally(() => {
        this.followed.delete(serverId);
      });
    this.followed.set(serverId, { stop, ended });
  }

  /** Stops following a server's agent. */
  unfollow(serverId: string): void {
    this.followed.get(serverId)?.stop.abort();
  }

  /** Stops following all and waits until it is done. */
  async stop(): Promise<void> {
    // A heartbeat that is answered now must not open a stream any more.
    this.isStopped = true;
    this.unsubscribe?.();
    const all = [...this.followed.values()];
    for (const { stop } of all) stop.abort();
    await Promise.all(all.map(({ ended }) => ended));
  }

  private async run(serverId: string, after: number, signal: AbortSignal): Promise<void> {
    let position = after;
    let pauseMs: number = REOPEN_MS.first;
    while (!signal.aborted) {
      const end = await this.readUntilBreak(serverId, position, signal, (event) => {
        position = event.type === 'events_lost' ? event.data.to : event.seq;
        pauseMs = REOPEN_MS.first;
        this.handle(serverId, event);
      });
      if (end === 'nothing_to_follow') return;
      if (end === 'broken') await this.whenBroken(serverId);
      // Aborted while waiting: the loop ends by its condition.
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, REOPEN_MS.most);
    }
  }

  private async readUntilBreak(
    serverId: string,
    after: number,
    signal: AbortSignal,
    onEvent: (event: AgentEvent) => void,
  ): Promise<StreamEnd> {
    try {
      const client = await this.agents.client(serverId);
      for await (const event of client.events(after, signal)) onEvent(event);
      return 'broken';
    } catch (error) {
      return this.endOf(serverId, error, signal);
    }
  }

  private endOf(serverId: string, error: unknown, signal: AbortSignal): StreamEnd {
    if (signal.aborted) return 'nothing_to_follow';
    if (error instanceof AgentCallError) {
      const { layer, code, notDelivered } = error;
      this.logger.debug({ serverId, layer, code }, 'event stream broke');
      if (layer === 'certificate_pin') return 'nothing_to_follow';
      return notDelivered ? 'not_opened' : 'broken';
    }
    // An AppError: the server was removed, or has no agent any more.
    if (!(error instanceof AppError)) {
      this.logger.error({ err: error, serverId }, 'event stream failed inside the manager');
    }
    return 'nothing_to_follow';
  }

  private handle(serverId: string, event: AgentEvent): void {
    switch (event.type) {
      case 'metrics_changed':
        this.feed.figuresChanged(serverId, figuresOf(event.data.vitals));
        break;
      case 'command_finished':
      case 'stall_detected':
        this.liveBus.publish({
          topic: `agents:${serverId}`,
          type: event.type,
          data: { server_id: serverId, ...event.data },
        });
        break;
      case 'agent_started':
      case 'command_started':
      case 'events_lost':
        break;
    }
  }
}
