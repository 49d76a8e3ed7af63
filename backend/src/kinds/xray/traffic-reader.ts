import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { AgentHosts } from '../../deployment-tool/index.js';
import { ShuttingDown, StepFailure } from '../../operations/index.js';
import { MANAGER_CONFIG } from '../../platform/config/index.js';
import type { ManagerConfig } from '../../platform/config/index.js';
import { TransactionRunner } from '../../platform/database/index.js';
import { LOGGER } from '../../platform/logging/index.js';
import { parseTrafficReadings } from './traffic-reading.js';
import { TrafficRepository } from './traffic.repository.js';
import { XRAY_PATHS } from './xray-unit.js';

/** How often deployments whose counters are due are looked for, milliseconds. */
const TICK_MS = 2_000;

/** Servers read at the same time. */
const CONCURRENCY = 8;

/** Longest wait for one server. */
const READ_MS = 30_000;

/** Starts of Xray that were not read for so long are added up. */
const QUIET_HOURS = 24;

/** Reads the traffic counters of every Xray from time to time. Losing a reading loses no traffic. */
@Injectable()
export class TrafficReader implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private isTicking = false;
  private isStarted = false;

  constructor(
    private readonly traffic: TrafficRepository,
    private readonly hosts: AgentHosts,
    private readonly transactions: TransactionRunner,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.isStarted = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStarted = false;
    // So that what runs on a server that does not answer is not waited for.
    this.stopping.abort(new ShuttingDown());
    await Promise.all(this.running);
  }

  /** Reads what is due now. */
  @Interval(TICK_MS)
  async tick(): Promise<void> {
    const free = CONCURRENCY - this.running.size;
    if (!this.isStarted || this.isTicking || free <= 0) return;
    this.isTicking = true;
    try {
      const seconds = this.config.xray.counters_interval_seconds;
      for (const due of await this.traffic.claimDue(free, seconds)) {
        const reading = this.read(due).finally(() => this.running.delete(reading));
        this.running.add(reading);
      }
    } catch (error) {
      // The next tick tries again.
      this.logger.error({ err: error }, 'due traffic counters not found');
    } finally {
      this.isTicking = false;
    }
  }

  private async read(due: { deploymentId: string; serverId: string }): Promise<void> {
    try {
      const problem = await this.readAndMerge(due);
      if (problem === null) return;
      await this.transactions.run(({ manager }) =>
        this.traffic.recordReading(manager, due.deploymentId, problem),
      );
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      // Read again when it is due again; the counters on the server go on.
      this.logger.warn({ err: error, deploymentId: due.deploymentId }, 'traffic not read');
    }
  }

  /** Answers why nothing was read, when that was to be expected now and then. */
  private async readAndMerge({
    deploymentId,
    serverId,
  }: {
    deploymentId: string;
    serverId: string;
  }): Promise<string | null> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(READ_MS)]);
    const context = { signal, log: () => undefined };
    try {
      const { stdout } = await this.hosts
        .open(serverId)
        .run(context, [XRAY_PATHS.counters, 'show'], { timeoutMs: READ_MS });
      const readings = parseTrafficReadings(stdout.toString('utf8'));
      await this.transactions.run(async ({ manager }) => {
        await this.traffic.merge(manager, deploymentId, readings);
        await this.traffic.fold(manager, deploymentId, QUIET_HOURS);
        await this.traffic.recordReading(manager, deploymentId, null);
      });
      return null;
    } catch (error) {
      this.stopping.signal.throwIfAborted();
      if (error instanceof StepFailure) return `${error.layer}: ${error.message}`;
      if (signal.aborted) return 'the server did not answer in time';
      throw error;
    }
  }
}
