import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { CommandDispatcher } from './command-dispatcher.js';
import { ExecutionRepository } from './execution.repository.js';
import { RetentionRepository } from './retention.repository.js';

const SWEEP_MS = 5_000;
const FORGET_MS = 60_000;
const RETENTION_MS = 10 * 60_000;

/** Commands whose agents are told to forget them in one round. */
const FORGET_BATCH = 50;

/** Periodic work on commands: leases, take-over, acknowledgements, retention. */
@Injectable()
export class CommandsUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private isStarted = false;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly dispatcher: CommandDispatcher,
    private readonly executions: ExecutionRepository,
    private readonly retention: RetentionRepository,
    private readonly liveBus: LiveBus,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = this.liveBus.subscribe((message) => {
      this.heard(message);
    });
    this.isStarted = true;
    await this.sweep();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStarted = false;
    this.unsubscribe?.();
    await this.dispatcher.stop();
  }

  /** Renews leases, and finds what nobody works on. */
  @Interval(SWEEP_MS)
  async sweep(): Promise<void> {
    await this.attempt('commands not swept', async () => {
      await this.dispatcher.renew();
      await this.dispatcher.takeOver();
      this.dispatcher.kick();
    });
  }

  /** Acknowledges what could not be acknowledged at once. */
  @Interval(FORGET_MS)
  async forget(): Promise<void> {
    await this.attempt('ended commands not acknowledged', async () => {
      const commands = await this.executions.toForget(FORGET_BATCH);
      await Promise.all(commands.map(({ id, serverId }) => this.dispatcher.forget(id, serverId)));
    });
  }

  /** Removes what is older than its retention. */
  @Interval(RETENTION_MS)
  async removeOld(): Promise<void> {
    await this.attempt('old commands not removed', async () => {
      const removed = await this.retention.removeOld(this.config.commands.retention_days);
      if (removed > 0) this.logger.info({ removed }, 'old commands removed');
    });
  }

  private async attempt(failure: string, work: () => Promise<void>): Promise<void> {
    if (!this.isStarted) return;
    try {
      await work();
    } catch (error) {
      // The next round tries again.
      this.logger.error({ err: error }, failure);
    }
  }

  private heard({ topic, type, data }: LiveMessage): void {
    if (topic !== 'servers' || type !== 'server_changed' || typeof data.id !== 'string') return;
    if (data.status === 'online' || data.status === 'degraded') this.dispatcher.wakeServer(data.id);
  }
}
