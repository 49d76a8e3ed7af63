import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { AutoRepair } from '../health/index.js';
import { OperationsService } from '../operations/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { REPAIR_AGENT } from './installation.operations.js';

/** The manager itself, acting without a person. */
const MANAGER: Actor = {
  kind: 'system',
  id: 'system',
  name: 'auto repair',
  role: 'admin',
  address: null,
  correlationId: 'auto-repair',
};

/** Repairs agents that heartbeats found unreachable, by an operation like one a person asks for. */
@Injectable()
export class AgentRepairer extends AutoRepair {
  constructor(
    private readonly operations: OperationsService,
    private readonly transactions: TransactionRunner,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async request(serverId: string): Promise<boolean> {
    for (const state of ['pending', 'running'] as const) {
      const open = await this.operations.list({ serverId, state }, 1);
      if (open.items.length > 0) return false;
    }
    try {
      await this.transactions.run(async (transaction) => {
        const request = { type: REPAIR_AGENT, serverId, actor: MANAGER };
        const { id } = await this.operations.request(transaction.manager, request);
        transaction.afterCommit(() => this.operations.wake(id));
      });
      return true;
    } catch (error) {
      // The server has no SSH login, is being removed, or is gone: there is nothing to repair with.
      if (!(error instanceof AppError)) throw error;
      this.logger.info({ serverId, reason: error.definition.name }, 'no automatic repair');
      return false;
    }
  }
}
