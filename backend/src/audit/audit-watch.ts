import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { AuditCheckpoint, formatHead } from './audit-checkpoint.js';
import { AuditRepository } from './audit.repository.js';

const EVERY_MS = 60_000;

/**
 * Notes the head of the audit chain in the data directory every minute. A log that no longer holds the
 * head noted last was cut or replaced by an older one: that is reported, and the note is kept as evidence.
 */
@Injectable()
export class AuditWatch implements OnApplicationShutdown {
  private readonly checkpoint: AuditCheckpoint;

  constructor(
    @Inject(MANAGER_CONFIG) config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly events: AuditRepository,
  ) {
    this.checkpoint = new AuditCheckpoint(config.data_dir);
  }

  /** Notes the head unless it is noted already. Never throws: the log says what went wrong. */
  @Interval('audit-checkpoint', EVERY_MS)
  async note(): Promise<void> {
    try {
      await this.advance();
    } catch (error) {
      // The database or the disk is away; the next minute tries again.
      this.logger.error({ err: error }, 'the head of the audit log could not be noted');
    }
  }

  /** Notes what the last minute added. */
  onApplicationShutdown(): Promise<void> {
    return this.note();
  }

  private async advance(): Promise<void> {
    const noted = await this.checkpoint.read();
    if (noted !== null && !(await this.events.hasLink(noted))) {
      this.logger.error(
        { noted: formatHead(noted) },
        'the audit log was cut or replaced by an older one: run "myx audit verify"',
      );
      return;
    }
    const head = await this.events.head();
    if (head !== null && head.seq !== noted?.seq) await this.checkpoint.write(head);
  }
}
