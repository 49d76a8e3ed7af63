import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { LiveBus } from '../platform/live/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { BoardRepository } from './board.repository.js';
import type { Figures } from './figures.js';

/** Changes are collected this long before they are told, milliseconds. */
const BATCH_MS = 500;

/** Servers told in one message. */
const BATCH_SIZE = 200;

/** Tells followers of the board what changed, in batches: whole servers, or only their figures. */
@Injectable()
export class BoardFeed implements BeforeApplicationShutdown {
  private readonly servers = new Set<string>();
  private readonly figures = new Map<string, Figures>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: BoardRepository,
    private readonly liveBus: LiveBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A server's row on the board changed in the database. */
  changed(serverId: string): void {
    this.servers.add(serverId);
    // What was stored is newer.
    this.figures.delete(serverId);
    this.schedule();
  }

  /** An agent told new figures; they are not stored. */
  figuresChanged(serverId: string, figures: Figures): void {
    this.figures.set(serverId, figures);
    this.schedule();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.servers.clear();
    this.figures.clear();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.flush().catch((error: unknown) => {
        // Followers see the servers again with their next change.
        this.logger.warn({ err: error }, 'changes of the board not told');
      });
    }, BATCH_MS);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const ids = [...this.servers];
    const newest = new Map(this.figures);
    const figures = [...newest].filter(([id]) => !this.servers.has(id));
    this.servers.clear();
    this.figures.clear();
    for (const batch of batches(ids)) {
      const rows = await this.repository.servers(batch);
      const servers = rows.map((row) => ({ ...row, figures: newest.get(row.id) ?? row.figures }));
      this.liveBus.publish({ topic: 'board', type: 'board_changed', data: { servers } });
    }
    for (const batch of batches(figures)) {
      const servers = batch.map(([id, figuresOfServer]) => ({ id, figures: figuresOfServer }));
      this.liveBus.publish({ topic: 'board', type: 'board_figures', data: { servers } });
    }
  }
}

function batches<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / BATCH_SIZE);
  return Array.from({ length: count }, (_unused, index) =>
    items.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
}
