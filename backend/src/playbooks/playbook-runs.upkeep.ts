import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';

const RETENTION_MS = 10 * 60_000;

/** Removes runs of playbooks after their time, which is that of commands. */
@Injectable()
export class PlaybookRunsUpkeep {
  constructor(
    private readonly runs: PlaybookRunsRepository,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Removes what is older than its retention. */
  @Interval(RETENTION_MS)
  async removeOld(): Promise<void> {
    try {
      const removed = await this.runs.removeOld(this.config.commands.retention_days);
      if (removed > 0) this.logger.info({ removed }, 'old playbook runs removed');
    } catch (error) {
      // The next round tries again.
      this.logger.error({ err: error }, 'old playbook runs not removed');
    }
  }
}
