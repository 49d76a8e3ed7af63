import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { EventFollowers } from './event-followers.js';
import { HeartbeatService } from './heartbeat.service.js';
import { HeartbeatsRepository } from './heartbeats.repository.js';
import { ManagerInstances } from './manager-instances.js';
import { ManagerNetwork } from './manager-network.js';

/** How often due servers are looked for, milliseconds. */
const TICK_MS = 1_000;

/** How often this manager says that it is alive, and looks for a lost network, milliseconds. */
const SEEN_MS = 5_000;

/**
 * The clock of the heartbeats: takes due servers in random order and asks a bounded number at a time.
 * Servers that did not answer last time have a bound of their own, so that waiting for them does not
 * delay the others.
 */
@Injectable()
export class HeartbeatScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = { up: new Set<Promise<void>>(), silent: new Set<Promise<void>>() };
  /** Servers that are being asked. */
  private readonly asking = new Set<string>();
  private isTicking = false;
  private isStarted = false;

  constructor(
    private readonly repository: HeartbeatsRepository,
    private readonly heartbeats: HeartbeatService,
    private readonly instances: ManagerInstances,
    private readonly network: ManagerNetwork,
    private readonly followers: EventFollowers,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { concurrency, min_interval_seconds: seconds } = this.config.heartbeat;
    await this.instances.seen();
    await this.repository.spreadOverdue(concurrency, seconds);
    this.followers.onBreak((serverId) => this.hurry(serverId));
    this.isStarted = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStarted = false;
    await this.followers.stop();
    await this.instances.gone();
  }

  @Interval(SEEN_MS)
  async stayAlive(): Promise<void> {
    if (!this.isStarted) return;
    try {
      await this.instances.seen();
      await this.network.judge.lookForNetwork();
    } catch (error) {
      // Tried again in a moment; until then another manager may take over, which is right.
      this.logger.error({ err: error }, 'cannot say that this manager is alive');
    }
  }

  /** Asks what is due now. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (!this.isStarted || this.isTicking) return;
    this.isTicking = true;
    try {
      await this.repository.addMissing(this.config.heartbeat.min_interval_seconds);
      await this.askDue(this.running.up, true);
      await this.askDue(this.running.silent, false);
    } catch (error) {
      // The next tick tries again.
      this.logger.error({ err: error }, 'due heartbeats not found');
    } finally {
      this.isTicking = false;
    }
  }

  /** Asks a server at once instead of when it is due. */
  private async hurry(serverId: string): Promise<void> {
    if (!this.isStarted) return;
    try {
      await this.repository.hurry(serverId);
    } catch (error) {
      // The server is asked when it is due, then.
      this.logger.error({ err: error, serverId }, 'heartbeat not brought forward');
    }
    await this.tick();
  }

  private async askDue(running: Set<Promise<void>>, wasUp: boolean): Promise<void> {
    const free = this.config.heartbeat.concurrency - running.size;
    if (free <= 0) return;
    const due = await this.repository.claim(this.instances.id, free, wasUp, [...this.asking]);
    for (const server of due) {
      const { serverId } = server;
      this.asking.add(serverId);
      const asking = this.heartbeats.ask(server).finally(() => {
        running.delete(asking);
        this.asking.delete(serverId);
      });
      running.add(asking);
    }
  }
}
