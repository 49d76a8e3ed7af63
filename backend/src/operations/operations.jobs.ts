import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { JobQueue } from '../platform/queue/index.js';
import { OperationEngine } from './operations.engine.js';

const QUEUE = 'operations';
/** How often operations are looked for whose wake-up or worker got lost, milliseconds. */
const SWEEP_MS = 5000;

/** Wakes a worker for an operation. The job carries the id only; the row is the truth. */
@Injectable()
export class OperationsQueue {
  constructor(
    private readonly queue: JobQueue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never fails: an operation whose wake-up is lost is found by the sweep. */
  async wake(id: string): Promise<void> {
    try {
      await this.queue.enqueue(QUEUE, { id });
    } catch (error) {
      this.logger.warn({ err: error, operation: id }, 'queue away; the sweep starts the operation');
    }
  }
}

/** Connects the queue and the clock to the engine. */
@Injectable()
export class OperationsJobs implements OnApplicationBootstrap {
  constructor(
    private readonly queue: JobQueue,
    private readonly engine: OperationEngine,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.queue.process(QUEUE, (id) => this.engine.work(id), {
      concurrency: this.config.operations.concurrency,
    });
    await this.engine.sweep();
  }

  /** Finds what nobody works on. */
  @Interval(SWEEP_MS)
  async sweep(): Promise<void> {
    await this.engine.sweep();
  }
}
