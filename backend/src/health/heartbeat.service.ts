import { Inject, Injectable, Optional } from '@nestjs/common';
import type { HeartbeatResult } from '@myx/protocol';
import type { Logger } from 'pino';
import { AgentsService } from '../agents/index.js';
import { AgentCallError, CONNECTION_REPLACED } from '../platform/agent-client/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { ServersService } from '../servers/index.js';
import type { ServerStatus } from '../servers/index.js';
import { AutoRepair } from './auto-repair.js';
import { BoardFeed } from './board-feed.js';
import { EventFollowers } from './event-followers.js';
import { figuresOf } from './figures.js';
import { HeartbeatsRepository } from './heartbeats.repository.js';
import type { DueServer } from './heartbeats.repository.js';
import { judgeAnswer, judgeFailure, mayBeOwnNetwork, RESTART_WINDOW_MS } from './judgement.js';
import type { Judgement } from './judgement.js';
import { ManagerInstances } from './manager-instances.js';
import { ManagerNetwork } from './manager-network.js';

/** Statuses that a heartbeat may change. A changed SSH host key, for example, is not its business. */
const CHANGEABLE: readonly ServerStatus[] = [
  'online',
  'degraded',
  'offline',
  'certificate_changed',
];

/** Failed heartbeats in a row before an automatic repair is considered. */
const FAILURES_BEFORE_REPAIR = 3;

interface Answer {
  readonly result: HeartbeatResult;
  readonly latencyMs: number;
  readonly clockSkewMs: number;
}

/** Asks one server how it is, and stores what follows from the answer, or from its absence. */
@Injectable()
export class HeartbeatService {
  constructor(
    private readonly repository: HeartbeatsRepository,
    private readonly agents: AgentsService,
    private readonly servers: ServersService,
    private readonly transactions: TransactionRunner,
    private readonly instances: ManagerInstances,
    private readonly network: ManagerNetwork,
    private readonly followers: EventFollowers,
    private readonly feed: BoardFeed,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(AutoRepair) private readonly autoRepair?: AutoRepair,
  ) {}

  /** Asks a claimed server. Never throws. */
  async ask(server: DueServer): Promise<void> {
    const startedAt = Date.now();
    try {
      const answer = await this.call(server);
      await this.network.judge.heard(server.serverId);
      await this.answered(server, answer);
    } catch (error) {
      // Whatever it is, the server must be asked again later.
      await this.failed(server, error, startedAt).catch((failure: unknown) => {
        this.logger.error({ err: failure, serverId: server.serverId }, 'heartbeat not stored');
      });
    }
  }

  private async call(server: DueServer): Promise<Answer> {
    const client = await this.agents.client(server.serverId);
    // A server that was silent before is simply asked again at its next heartbeat.
    const retry = server.failures > 0 || this.network.isLost ? { retries: 0 } : {};
    let sentAt = Date.now();
    const result = await client.call(
      'heartbeat',
      { sent_at: new Date(sentAt).toISOString() },
      {
        ...retry,
        timeoutMs: this.config.heartbeat.timeout_seconds * 1000,
        onRetry: ({ cause, waitMs }) => {
          if (mayBeOwnNetwork(cause)) this.network.judge.silent(server.serverId);
          sentAt = Date.now() + waitMs;
        },
      },
    );
    const receivedAt = Date.now();
    const latencyMs = receivedAt - sentAt;
    const middle = sentAt + latencyMs / 2;
    const clockSkewMs = Math.round(Date.parse(result.received_at) - middle);
    return { result, latencyMs, clockSkewMs };
  }

  private async answered(server: DueServer, answer: Answer): Promise<void> {
    const { serverId } = server;
    const { agent, vitals } = answer.result;
    const agentRestarts = recentRestarts(server, new Date(agent.started_at));
    const judgement = judgeAnswer({ ...answer, recentRestarts: agentRestarts.length });
    const changed = await this.transactions.run(async ({ manager }) => {
      const isMine = await this.repository.storeAnswer(manager, this.instances.id, serverId, {
        dueInSeconds: this.nextInterval(server),
        latencyMs: answer.latencyMs,
        clockSkewMs: answer.clockSkewMs,
        figures: figuresOf(vitals),
        bootId: vitals.boot_id,
        agentStartedAt: new Date(agent.started_at),
        agentRestarts,
        follow: server.mayFollow,
      });
      if (!isMine) return false;
      await this.servers.recordHeartbeat(manager, serverId, {
        vitals,
        agentVersion: agent.version,
        at: new Date(),
      });
      if (agent.state_epoch !== server.stateEpoch) {
        await this.agents.noteStateEpoch(manager, serverId, agent.state_epoch);
      }
      if (isSame(server, judgement)) return false;
      return this.servers.changeStatus(manager, serverId, { ...judgement, from: CHANGEABLE });
    });
    if (changed) await this.announce(server, judgement);
    this.feed.changed(serverId);
    if (server.mayFollow) this.followers.follow(serverId, answer.result.last_event_seq);
    if (isNewMachineState(server, answer.result)) await this.refreshFacts(serverId);
  }

  private async failed(server: DueServer, error: unknown, startedAt: number): Promise<void> {
    if (!(error instanceof AgentCallError)) {
      await this.notAsked(server, error);
      return;
    }
    if (error.code === CONNECTION_REPLACED) {
      // It lives elsewhere now, or this manager stops: whoever asks next finds it where it is.
      await this.repository.giveBack(this.instances.id, server.serverId, 0);
      return;
    }
    const { serverId } = server;
    const isSilent = mayBeOwnNetwork(error);
    if (!isSilent) await this.network.judge.heard(serverId);
    const wasUp = server.failures === 0;
    const isOwnNetwork =
      isSilent && wasUp && (await this.network.judge.isOwnNetwork(serverId, startedAt));
    const judgement = judgeFailure(error);
    const changed = await this.transactions.run(async ({ manager }) => {
      const isMine = await this.repository.storeFailure(manager, this.instances.id, serverId, {
        dueInSeconds: this.nextInterval(server),
        isCounted: !isOwnNetwork,
      });
      if (!isMine || isOwnNetwork || isSame(server, judgement)) return false;
      return this.servers.changeStatus(manager, serverId, { ...judgement, from: CHANGEABLE });
    });
    if (isOwnNetwork) return;
    this.followers.unfollow(serverId);
    if (changed) await this.announce(server, judgement);
    this.feed.changed(serverId);
    if (judgement.status === 'offline') await this.considerRepair(server);
  }

  /** The server could not even be asked: it is being removed, has no agent yet, or there is a bug. */
  private async notAsked(server: DueServer, error: unknown): Promise<void> {
    const { serverId } = server;
    if (!(error instanceof AppError)) {
      this.logger.error({ err: error, serverId }, 'heartbeat failed inside the manager');
    }
    await this.repository.giveBack(this.instances.id, serverId, this.nextInterval(server));
  }

  private async announce(server: DueServer, judgement: Judgement): Promise<void> {
    const { serverId } = server;
    const { status, cause } = judgement;
    this.logger.info({ serverId, from: server.status, to: status, cause }, 'server status changed');
    await this.servers.announce(serverId);
  }

  private async considerRepair(server: DueServer): Promise<void> {
    const { auto_repair: isOn, auto_repair_per_hour: perHour } = this.config.heartbeat;
    if (!isOn || !this.autoRepair || server.isRegistered) return;
    if (server.failures + 1 < FAILURES_BEFORE_REPAIR) return;
    if (!(await this.repository.noteRepair(server.serverId, perHour))) return;
    const isStarted = await this.autoRepair.request(server.serverId);
    this.logger.info({ serverId: server.serverId, isStarted }, 'automatic repair requested');
  }

  private async refreshFacts(serverId: string): Promise<void> {
    try {
      const client = await this.agents.client(serverId);
      const { server } = await client.call('get_status', {}, { retries: 0 });
      await this.transactions.run(({ manager }) =>
        this.servers.recordFacts(manager, serverId, {
          machineId: server.machine_id,
          facts: server,
        }),
      );
    } catch (error) {
      // Facts are refreshed again after the next change; the heartbeat itself was fine.
      this.logger.warn({ err: error, serverId }, 'facts of the server not refreshed');
    }
  }

  private nextInterval(server: DueServer): number {
    const { min_interval_seconds: min, max_interval_seconds: max } = this.config.heartbeat;
    return randomBetween(server.minSeconds ?? min, server.maxSeconds ?? max);
  }
}

function randomBetween(min: number, max: number): number {
  return min + Math.random() * (max - min);
}

function isSame(server: DueServer, judgement: Judgement): boolean {
  const { cause } = judgement;
  return (
    server.status === judgement.status &&
    server.cause?.layer === cause?.layer &&
    server.cause?.code === cause?.code
  );
}

function recentRestarts(server: DueServer, startedAt: Date): Date[] {
  const oldest = Date.now() - RESTART_WINDOW_MS;
  const recent = server.agentRestarts.filter((at) => at.getTime() > oldest);
  const { agentStartedAt } = server;
  const hasRestarted = agentStartedAt !== null && agentStartedAt.getTime() !== startedAt.getTime();
  return hasRestarted ? [...recent, new Date()] : recent;
}

function isNewMachineState(server: DueServer, { agent, vitals }: HeartbeatResult): boolean {
  return (
    server.machineId === null ||
    server.agentVersion !== agent.version ||
    (server.bootId !== null && server.bootId !== vitals.boot_id)
  );
}
