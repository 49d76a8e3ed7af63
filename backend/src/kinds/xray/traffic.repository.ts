import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { TrafficReading } from './traffic-reading.js';

/** Bytes of a client since it was added. */
export interface ClientTraffic {
  readonly uplink: bigint;
  readonly downlink: bigint;
}

/**
 * Traffic of clients. What a process of Xray counted is kept under the process it belongs to, as the most
 * that was ever read of it; a client's total is the sum over processes. So a reading may come twice, late or
 * out of order, and the process may restart, and still nothing is counted twice and no total ever shrinks.
 */
@Injectable()
export class TrafficRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Merges readings of one deployment, in the caller's transaction. */
  async merge(
    manager: EntityManager,
    deploymentId: string,
    readings: readonly TrafficReading[],
  ): Promise<void> {
    await lock(manager, deploymentId);
    for (const { epoch, counters } of readings) {
      if (counters.length === 0) continue;
      await manager.query(
        `INSERT INTO xray_traffic AS known (deployment_id, client_id, epoch, uplink, downlink, seen_at)
         SELECT $1, read.client_id, $2, read.uplink, read.downlink, clock_timestamp()
           FROM unnest($3::text[], $4::bigint[], $5::bigint[]) AS read (client_id, uplink, downlink)
          WHERE NOT EXISTS (SELECT FROM xray_folded_epochs
                             WHERE deployment_id = $1 AND epoch = $2)
         ON CONFLICT (deployment_id, client_id, epoch) DO UPDATE SET
           uplink = greatest(known.uplink, excluded.uplink),
           downlink = greatest(known.downlink, excluded.downlink),
           seen_at = excluded.seen_at`,
        [
          deploymentId,
          epoch,
          counters.map(({ clientId }) => clientId),
          counters.map(({ uplink }) => String(uplink)),
          counters.map(({ downlink }) => String(downlink)),
        ],
      );
    }
  }

  /**
   * Adds up processes of which nothing was read for `quietHours` before the newest reading: their rows
   * become one. Their names are kept, so that a reading of one that comes after all changes nothing.
   */
  async fold(manager: EntityManager, deploymentId: string, quietHours: number): Promise<void> {
    await lock(manager, deploymentId);
    await manager.query(
      `WITH quiet AS (
         SELECT epoch FROM xray_traffic WHERE deployment_id = $1 AND epoch <> ''
          GROUP BY epoch
         HAVING max(seen_at) < (SELECT max(seen_at) FROM xray_traffic WHERE deployment_id = $1)
                               - make_interval(hours => $2)
       ), named AS (
         INSERT INTO xray_folded_epochs (deployment_id, epoch) SELECT $1, epoch FROM quiet
       ), gone AS (
         DELETE FROM xray_traffic
          WHERE deployment_id = $1 AND epoch IN (SELECT epoch FROM quiet)
         RETURNING client_id, uplink, downlink, seen_at
       )
       INSERT INTO xray_traffic AS known (deployment_id, client_id, epoch, uplink, downlink, seen_at)
       SELECT $1, client_id, '', sum(uplink), sum(downlink), max(seen_at) FROM gone GROUP BY client_id
       ON CONFLICT (deployment_id, client_id, epoch) DO UPDATE SET
         uplink = known.uplink + excluded.uplink,
         downlink = known.downlink + excluded.downlink`,
      [deploymentId, quietHours],
    );
  }

  /** Totals by client. Clients without traffic are missing. */
  async totals(deploymentId: string): Promise<ReadonlyMap<string, ClientTraffic>> {
    const rows = await this.dataSource.query<
      { client_id: string; uplink: string; downlink: string }[]
    >(
      `SELECT client_id, sum(uplink)::text AS uplink, sum(downlink)::text AS downlink
         FROM xray_traffic WHERE deployment_id = $1 GROUP BY client_id`,
      [deploymentId],
    );
    return new Map(
      rows.map(({ client_id: id, uplink, downlink }) => [
        id,
        { uplink: BigInt(uplink), downlink: BigInt(downlink) },
      ]),
    );
  }

  /**
   * Deployments whose counters are to be read now, at most `limit`; they are due again after `seconds`.
   * Another manager gets other ones.
   */
  claimDue(limit: number, seconds: number): Promise<{ deploymentId: string; serverId: string }[]> {
    return this.dataSource.query<{ deploymentId: string; serverId: string }[]>(
      `WITH due AS (
         SELECT deployments.id, deployments.server_id FROM deployments
           JOIN servers ON servers.id = deployments.server_id AND servers.status IN ('online', 'degraded')
           LEFT JOIN xray_readings ON xray_readings.deployment_id = deployments.id
          WHERE deployments.kind = 'xray'
            AND deployments.state IN ('healthy', 'degraded', 'drifted', 'rolled_back')
            AND (xray_readings.due_at IS NULL OR xray_readings.due_at <= now())
          ORDER BY xray_readings.due_at NULLS FIRST LIMIT $1
       ), claimed AS (
         INSERT INTO xray_readings AS known (deployment_id, due_at)
         SELECT id, now() + make_interval(secs => $2) FROM due
         ON CONFLICT (deployment_id) DO UPDATE SET due_at = excluded.due_at
          WHERE known.due_at <= now()
         RETURNING deployment_id
       )
       SELECT due.id AS "deploymentId", due.server_id AS "serverId"
         FROM due JOIN claimed ON claimed.deployment_id = due.id`,
      [limit, seconds],
    );
  }

  /** Stores how the last reading went: null when it went well. */
  async recordReading(manager: EntityManager, id: string, problem: string | null): Promise<void> {
    await manager.query(
      `INSERT INTO xray_readings (deployment_id, due_at, read_at, problem)
       VALUES ($1, now(), CASE WHEN $2::text IS NULL THEN now() END, $2)
       ON CONFLICT (deployment_id) DO UPDATE SET
         read_at = coalesce(excluded.read_at, xray_readings.read_at), problem = excluded.problem`,
      [id, problem],
    );
  }

  /** When the counters were last read, and why not later. */
  async lastReading(id: string): Promise<{ readAt: Date | null; problem: string | null }> {
    const [row] = await this.dataSource.query<{ read_at: Date | null; problem: string | null }[]>(
      'SELECT read_at, problem FROM xray_readings WHERE deployment_id = $1',
      [id],
    );
    return { readAt: row?.read_at ?? null, problem: row?.problem ?? null };
  }
}

/** One at a time per deployment, until the transaction ends. */
async function lock(manager: EntityManager, deploymentId: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('xray_traffic:' || $1, 0))`, [
    deploymentId,
  ]);
}
