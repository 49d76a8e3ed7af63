import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { AuditService } from '../audit/index.js';
import type { AuditActor } from '../audit/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { LOGGER } from '../platform/logging/index.js';

/** A refused request. */
export interface Denial {
  readonly actor: AuditActor;
  readonly permission: string;
  readonly method: string;
  readonly path: string;
}

/** Denials of one actor and permission within one window. */
interface Tally {
  readonly first: Denial;
  count: number;
}

const WINDOW_MS = 60_000;
/** Different actors told apart in one window; the rest is counted together. */
const MOST_TALLIES = 100;
const PATH_LIMIT = 200;

/**
 * Writes refused requests to the audit log: the first of an actor and permission at once, those of the
 * minute after it as one row with a count. A scanner costs memory and rows for a hundred addresses at most.
 */
@Injectable()
export class DenialLog implements OnApplicationShutdown {
  readonly #tallies = new Map<string, Tally>();

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly audit: AuditService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Writes what is still counted. */
  onApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  /** Records a denial. Never throws: the request is refused whether or not this can be written down. */
  async record(denial: Denial): Promise<void> {
    const { actor, permission } = denial;
    const known = `${actor.kind} ${actor.id} ${actor.address ?? ''} ${permission}`;
    const isNew = !this.#tallies.has(known);
    const key = isNew && this.#tallies.size >= MOST_TALLIES ? 'others' : known;
    const tally = this.#tallies.get(key);
    if (tally) {
      tally.count += 1;
      return;
    }
    this.#tallies.set(key, { first: denial, count: 0 });
    await this.write(denial, 1);
  }

  /** Writes the denials counted since the last time. */
  @Interval('denial-log', WINDOW_MS)
  async flush(): Promise<void> {
    const tallies = [...this.#tallies.entries()];
    this.#tallies.clear();
    for (const [key, { first, count }] of tallies) {
      if (count === 0) continue;
      await this.write(key === 'others' ? fromEverywhere(first) : first, count);
    }
  }

  private async write({ actor, permission, method, path }: Denial, count: number): Promise<void> {
    try {
      await this.transactions.run(({ manager }) =>
        this.audit.record(manager, {
          actor,
          action: 'request.deny',
          outcome: 'denied',
          details: { permission, method, path: path.slice(0, PATH_LIMIT), count },
        }),
      );
    } catch (error) {
      // The database is away. The answer stays a refusal, so nothing is opened by going on.
      this.logger.error({ err: error }, 'a denial could not be written to the audit log');
    }
  }
}

function fromEverywhere(denial: Denial): Denial {
  return { ...denial, actor: { ...denial.actor, address: null, name: 'others' } };
}
