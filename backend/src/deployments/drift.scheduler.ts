import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { AgentHosts } from '../deployment-tool/index.js';
import { ShuttingDown, StepFailure } from '../operations/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { DeploymentChecks } from './deployment-checks.js';
import { DeploymentsRepository } from './deployments.repository.js';

/** How often due checks are looked for, milliseconds. */
const TICK_MS = 5_000;

/** Checks at the same time. */
const CONCURRENCY = 4;

/** Deadline of one check, milliseconds. */
const CHECK_MS = 60_000;

/** Compares what is deployed with the servers from time to time, each at a moment of its own. */
@Injectable()
export class DriftScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private isTicking = false;
  private isStarted = false;

  constructor(
    private readonly repository: DeploymentsRepository,
    private readonly checks: DeploymentChecks,
    private readonly hosts: AgentHosts,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.isStarted = this.config.deployments.drift_check_minutes > 0;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStarted = false;
    // So that what runs on a server that does not answer is not waited for.
    this.stopping.abort(new ShuttingDown());
    await Promise.all(this.running);
  }

  /** Begins the checks that are due. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (!this.isStarted || this.isTicking) return;
    this.isTicking = true;
    try {
      const free = CONCURRENCY - this.running.size;
      const minutes = this.config.deployments.drift_check_minutes;
      const ids = free > 0 ? await this.repository.claimDue(free, minutes) : [];
      for (const id of ids) {
        const checking = this.check(id).finally(() => this.running.delete(checking));
        this.running.add(checking);
      }
    } catch (error) {
      // The next tick tries again.
      this.logger.error({ err: error }, 'due drift checks not found');
    } finally {
      this.isTicking = false;
    }
  }

  private async check(id: string): Promise<void> {
    try {
      const deployment = await this.repository.find(id);
      if (!deployment) return;
      const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(CHECK_MS)]);
      const context = { signal, log: () => undefined };
      await this.checks.check(id, context, this.hosts.open(deployment.serverId));
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      // A server that does not answer is the heartbeats' business.
      const level = error instanceof StepFailure ? 'debug' : 'warn';
      this.logger[level]({ err: error, deployment: id }, 'drift check failed');
    }
  }
}
