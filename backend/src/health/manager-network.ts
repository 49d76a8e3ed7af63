import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { AgentsService } from '../agents/index.js';
import { AgentCallError, CONNECTION_REPLACED } from '../platform/agent-client/index.js';
import { AppError } from '../platform/errors/index.js';
import { LiveBus } from '../platform/live/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { HeartbeatsRepository } from './heartbeats.repository.js';
import { mayBeOwnNetwork } from './judgement.js';
import { ManagerInstances } from './manager-instances.js';
import { NetworkJudge } from './network-judge.js';

/** Deadline of the question whether anything comes back from a server. */
const PROBE_TIMEOUT_MS = 5_000;

/** When the network is back, all servers are asked within this time. */
const CATCH_UP_SECONDS = 20;

/** Whether this manager has a network at all; says so once when it has not, and once when it has again. */
@Injectable()
export class ManagerNetwork {
  readonly judge: NetworkJudge;

  constructor(
    private readonly repository: HeartbeatsRepository,
    private readonly agents: AgentsService,
    private readonly instances: ManagerInstances,
    private readonly liveBus: LiveBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.judge = new NetworkJudge(
      {
        candidates: (count, except) => this.repository.lastReachable(count, [...except]),
        answers: (serverId) => this.answers(serverId),
      },
      (lostSince) => this.changed(lostSince),
    );
  }

  /** True while no server is declared offline because none answers. */
  get isLost(): boolean {
    return this.judge.networkLostSince !== null;
  }

  private async answers(serverId: string): Promise<boolean> {
    try {
      const client = await this.agents.client(serverId);
      await client.call('health_check', {}, { retries: 0, timeoutMs: PROBE_TIMEOUT_MS });
      return true;
    } catch (error) {
      if (error instanceof AgentCallError) {
        // Neither a connection that was given up nor a timeout of the whole call, which may never have had one, says
        // anything.
        return !mayBeOwnNetwork(error) && !['timeout', CONNECTION_REPLACED].includes(error.code);
      }
      // Removed meanwhile: it says nothing about the network.
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  private async changed(lostSince: Date | null): Promise<void> {
    if (lostSince) this.logger.error({ lostSince }, 'this manager lost its network');
    else this.logger.info('this manager has its network back');
    await this.repository.setNetworkLost(this.instances.id, lostSince);
    if (!lostSince) await this.repository.hurryAll(CATCH_UP_SECONDS);
    this.liveBus.publish({
      topic: 'board',
      type: 'manager_network_changed',
      data: { lost_since: lostSince?.toISOString() ?? null },
    });
  }
}
