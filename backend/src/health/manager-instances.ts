import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HeartbeatsRepository } from './heartbeats.repository.js';

/** This manager among others on the same database. */
@Injectable()
export class ManagerInstances {
  /** Id of this process; a restarted manager is another one. */
  readonly id = randomUUID();

  constructor(private readonly repository: HeartbeatsRepository) {}

  /** Says that this manager is alive. To be repeated every few seconds. */
  seen(): Promise<void> {
    return this.repository.seen(this.id);
  }

  /** Says that this manager is going. */
  gone(): Promise<void> {
    return this.repository.gone(this.id);
  }
}
