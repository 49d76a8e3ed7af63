import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HeartbeatsRepository } from './heartbeats.repository.js';

/** This manager among others on the same database. */
@Injectable()
export class ManagerInstances {
  /** Id of this process; a restarted manager is another one. */
  readonly id = randomUUID();

  private readonly saying = new Set<Promise<void>>();
  private isGone = false;

  constructor(private readonly repository: HeartbeatsRepository) {}

  /** Says that this manager is alive, unless it is going. To be repeated every few seconds. */
  async seen(): Promise<void> {
    if (this.isGone) return;
    const saying = this.repository.seen(this.id).finally(() => this.saying.delete(saying));
    this.saying.add(saying);
    await saying;
  }

  /** Says that this manager is going: the last that is heard of it. */
  async gone(): Promise<void> {
    this.isGone = true;
    // What is being said would otherwise bring it to life again.
    await Promise.allSettled(this.saying);
    await this.repository.gone(this.id);
  }
}
