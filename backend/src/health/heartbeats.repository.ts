import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { ServerStatus, StatusCause } from '../servers/index.js';
import type { Figures } from './figures.js';

/** Statuses in which a server is asked for its health. In the others nobody expects an answer. */
export const WATCHED_STATUSES = [
  'online',
  'degraded',
  'offline',
  'certificate_changed',
  'host_key_changed',
] as const satisfies readonly ServerStatus[];

/** How long a manager counts as alive after it was last seen. */
const INSTANCE_ALIVE = `interval '15 seconds'`;

/** How long samples of figures are kept. */
export const SAMPLES_KEPT = `interval '1 hour'`;

/** How far samples are apart at least, however often a server is asked. */
const SAMPLES_APART = `interval '15 seconds'`;

const NOBODY_ASKS = `(heartbeats.asked_by IS NULL OR NOT EXISTS (
  SELECT FROM manager_instances
   WHERE id = heartbeats.asked_by AND seen_at > now() - ${INSTANCE_ALIVE}))`;

/** A server that is to be asked now, with what is known of it. */
export interface DueServer {
  readonly serverId: string;
  readonly status: ServerStatus;
  readonly cause: StatusCause | null;
  readonly machineId: string | null;
  readonly agentVersion: string | null;
  readonly isRegistered: boolean;
  readonly minSeconds: number | null;
  readonly maxSeconds: number | null;
  readonly failures: number;
  readonly bootId: string | null;
  readonly stateEpoch: string | null;
  readonly agentStartedAt: Date | null;
  readonly agentRestarts: readonly Date[];
  readonly repairs: readonly Date[];
  /** True when no other living manager follows the agent's events. */
  readonly mayFollow: boolean;
}

/** What is stored of an answer. */
export interface StoredAnswer {
  readonly dueInSeconds: number;
  readonly latencyMs: number;
  readonly clockSkewMs: number;
  readonly figures: Figures;
  readonly bootId: string;
  readonly agentStartedAt: Date;
  readonly agentRestarts: readonly Date[];
  /** This manager follows the agent's events from now on. */
  readonly follow: boolean;
}

/** Reads and writes heartbeats. All times are the database's. */
@Injectable()
export class HeartbeatsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Says that this manager is alive, and drops managers gone for an hour. */
  async seen(instanceId: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO manager_instances (id, started_at, seen_at) VALUES ($1, now(), now())
       ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [instanceId],
    );
    await this.dataSource.query(
      `DELETE FROM manager_instances WHERE seen_at < now() - interval '1 hour'`,
    );
  }

  /** Says that this manager is gone; what it was doing is free for others. */
  async gone(instanceId: string): Promise<void> {
    await this.dataSource.query('DELETE FROM manager_instances WHERE id = $1', [instanceId]);
  }

  async setNetworkLost(instanceId: string, since: Date | null): Promise<void> {
    await this.dataSource.query(
      'UPDATE manager_instances SET network_lost_since = $2 WHERE id = $1',
      [instanceId, since],
    );
  }

  /** Adds servers that got an agent, each at a random moment of its first interval. */
  async addMissing(maxSeconds: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO server_heartbeats (server_id, due_at)
       SELECT agents.server_id, now() + random() * least($1, 5) * interval '1 second'
         FROM agents
        WHERE agents.certificate_pem IS NOT NULL
          AND NOT EXISTS (SELECT FROM server_heartbeats h WHERE h.server_id = agents.server_id)
       ON CONFLICT (server_id) DO NOTHING`,
      [maxSeconds],
    );
  }

  /**
   * After a pause of the manager many servers are due at once: spreads them over `seconds` when they are
   * more than `many`.
   */
  async spreadOverdue(many: number, seconds: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE server_heartbeats SET due_at = now() + random() * $2 * interval '1 second'
        WHERE due_at <= now()
          AND (SELECT count(*) FROM server_heartbeats WHERE due_at <= now()) > $1`,
      [many, seconds],
    );
  }

  /**
   * Takes up to `limit` due servers for this manager, in random order. No server is taken by two living
   * managers at once. `wasUp` chooses between those that answered last time and those that did not, so
   * that waiting for the silent ones never delays the others. What this manager asks already is in
   * `asking`: any other server that counts as asked by it was claimed or given back in vain, because the
   * database was away just then.
   */
  async claim(
    instanceId: string,
    limit: number,
    wasUp: boolean,
    asking: readonly string[],
  ): Promise<DueServer[]> {
    const [rows] = await this.dataSource.query<[DueServer[], number]>(
      `WITH due AS (
         SELECT heartbeats.server_id
           FROM server_heartbeats heartbeats JOIN servers ON servers.id = heartbeats.server_id
          WHERE heartbeats.due_at <= now() AND (heartbeats.asked_by = $1 OR ${NOBODY_ASKS})
            AND NOT heartbeats.server_id = ANY ($5)
            AND servers.status = ANY ($3) AND (heartbeats.failures = 0) = $4
          ORDER BY random() LIMIT $2
            FOR UPDATE OF heartbeats SKIP LOCKED
       )
       UPDATE server_heartbeats heartbeats SET asked_by = $1
         FROM due JOIN servers ON servers.id = due.server_id
        WHERE heartbeats.server_id = due.server_id
       RETURNING servers.id AS "serverId", servers.status, servers.status_cause AS cause,
         servers.machine_id AS "machineId", servers.agent_version AS "agentVersion",
         servers.connection = 'registered' AS "isRegistered",
         servers.heartbeat_min_seconds AS "minSeconds", servers.heartbeat_max_seconds AS "maxSeconds",
         heartbeats.failures, heartbeats.boot_id AS "bootId",
         (SELECT state_epoch FROM agents WHERE agents.server_id = servers.id) AS "stateEpoch",
         heartbeats.agent_started_at AS "agentStartedAt",
         heartbeats.agent_restarts AS "agentRestarts", heartbeats.repairs,
         (heartbeats.followed_by IS NULL OR heartbeats.followed_by = $1 OR NOT EXISTS (
           SELECT FROM manager_instances
            WHERE id = heartbeats.followed_by AND seen_at > now() - ${INSTANCE_ALIVE})) AS "mayFollow"`,
      [instanceId, limit, WATCHED_STATUSES, wasUp, asking],
    );
    return rows;
  }

  /**
   * Stores an answer, and now and then its figures as a sample. False when another manager has taken over
   * meanwhile.
   */
  async storeAnswer(
    manager: EntityManager,
    instanceId: string,
    serverId: string,
    answer: StoredAnswer,
  ): Promise<boolean> {
    const [stored] = await manager.query<{ isMine: boolean }[]>(
      `WITH answered AS (
         UPDATE server_heartbeats
            SET asked_by = NULL, due_at = now() + $3 * interval '1 second', answered_at = now(),
                failures = 0, latency_ms = $4, clock_skew_ms = $5, figures = $6, boot_id = $7,
                agent_started_at = $8, agent_restarts = $9,
                followed_by = CASE WHEN $10 THEN $2 ELSE followed_by END
          WHERE server_id = $1 AND asked_by = $2
         RETURNING server_id, figures
       ), outdated AS (
         DELETE FROM server_samples samples USING answered
          WHERE samples.server_id = answered.server_id AND at < now() - ${SAMPLES_KEPT}
       ), sampled AS (
         INSERT INTO server_samples
         SELECT server_id, now(), (figures ->> 'cpu_percent')::real,
                (figures ->> 'memory_used_percent')::real, (figures ->> 'load_1')::real,
                (figures ->> 'network_received_bytes')::numeric::bigint,
                (figures ->> 'network_sent_bytes')::numeric::bigint
           FROM answered
          WHERE NOT EXISTS (SELECT FROM server_samples samples
                             WHERE samples.server_id = answered.server_id
                               AND at > now() - ${SAMPLES_APART})
       )
       SELECT EXISTS (SELECT FROM answered) AS "isMine"`,
      [
        serverId,
        instanceId,
        answer.dueInSeconds,
        answer.latencyMs,
        answer.clockSkewMs,
        JSON.stringify(answer.figures),
        answer.bootId,
        answer.agentStartedAt,
        answer.agentRestarts,
        answer.follow,
      ],
    );
    return stored?.isMine === true;
  }

  /** Stores that nothing came back. False when another manager has taken over meanwhile. */
  async storeFailure(
    manager: EntityManager,
    instanceId: string,
    serverId: string,
    failure: { readonly dueInSeconds: number; readonly isCounted: boolean },
  ): Promise<boolean> {
    const [, count] = await manager.query<[unknown, number]>(
      `UPDATE server_heartbeats
          SET asked_by = NULL, due_at = now() + $3 * interval '1 second',
              failures = failures + $4
        WHERE server_id = $1 AND asked_by = $2`,
      [serverId, instanceId, failure.dueInSeconds, failure.isCounted ? 1 : 0],
    );
    return count > 0;
  }

  /** Gives a server back unasked, due again in `seconds`. */
  async giveBack(instanceId: string, serverId: string, seconds: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE server_heartbeats SET asked_by = NULL, due_at = now() + $3 * interval '1 second'
        WHERE server_id = $1 AND asked_by = $2`,
      [serverId, instanceId, seconds],
    );
  }

  /** Makes a server due at once. */
  async hurry(serverId: string): Promise<void> {
    await this.dataSource.query(
      'UPDATE server_heartbeats SET due_at = now() WHERE server_id = $1 AND due_at > now()',
      [serverId],
    );
  }

  /** Makes every watched server due within `seconds`, each at a random moment. */
  async hurryAll(seconds: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE server_heartbeats
          SET due_at = least(due_at, now() + random() * $1 * interval '1 second')`,
      [seconds],
    );
  }

  /** Up to `count` random servers that answered last time. */
  async lastReachable(count: number, except: readonly string[]): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT servers.id FROM server_heartbeats JOIN servers ON servers.id = server_id
        WHERE failures = 0 AND answered_at IS NOT NULL AND servers.status = ANY ($3)
          AND NOT servers.id = ANY ($2)
        ORDER BY random() LIMIT $1`,
      [count, except, WATCHED_STATUSES],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Notes an automatic repair unless there were `perHour` of them within an hour. False when there were.
   */
  async noteRepair(serverId: string, perHour: number): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `UPDATE server_heartbeats
          SET repairs = array(SELECT at FROM unnest(repairs) at WHERE at > now() - interval '1 hour') || now()
        WHERE server_id = $1
          AND (SELECT count(*) FROM unnest(repairs) at WHERE at > now() - interval '1 hour') < $2`,
      [serverId, perHour],
    );
    return count > 0;
  }
}
