import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ServerStatus } from '../servers/index.js';
import type { BoardServer, VitalsSample } from './board.schema.js';
import { SAMPLES_KEPT } from './heartbeats.repository.js';
import type { StatusPoint } from './uptime.js';

/** One row of the board; times as ISO 8601 text, made by the database. */
const SERVER_COLUMNS = `
  servers.id, servers.name, servers.host, servers.connection, servers.labels, servers.status,
  servers.status_cause, ${isoTime('servers.status_since')} AS status_since,
  servers.agent_version, servers.facts #>> '{os,pretty_name}' AS os,
  ${isoTime('servers.last_heartbeat_at')} AS last_heartbeat_at,
  heartbeats.latency_ms, heartbeats.clock_skew_ms::float8 AS clock_skew_ms, heartbeats.figures`;

const SERVERS_FROM = `FROM servers LEFT JOIN server_heartbeats heartbeats ON heartbeats.server_id = servers.id`;

/** A status of a server from a moment on. */
interface PointRow {
  readonly server_id: string;
  readonly status: ServerStatus;
  readonly at: Date;
}

/** A manager process at work on this database. */
export interface ManagerInstance {
  readonly id: string;
  readonly startedAt: Date;
  /** Set while it reaches no server. */
  readonly networkLostSince: Date | null;
}

/** Reads the board. */
@Injectable()
export class BoardRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** All servers, or those with the given ids, sorted by name, in one query. */
  servers(ids?: readonly string[]): Promise<BoardServer[]> {
    return this.dataSource.query<BoardServer[]>(
      `SELECT ${SERVER_COLUMNS} ${SERVERS_FROM}
        ${ids ? 'WHERE servers.id = ANY ($1)' : ''}
        ORDER BY lower(servers.name) COLLATE "C"`,
      ids ? [ids] : [],
    );
  }

  /** A server's samples of the last hour, oldest first. */
  samples(serverId: string): Promise<VitalsSample[]> {
    return this.dataSource.query<VitalsSample[]>(
      `SELECT ${isoTime('at')} AS at, cpu_percent, memory_used_percent, load_1,
              network_received_bytes::float8 AS network_received_bytes,
              network_sent_bytes::float8 AS network_sent_bytes
         FROM server_samples
        WHERE server_id = $1 AND at > now() - ${SAMPLES_KEPT} ORDER BY server_samples.at`,
      [serverId],
    );
  }

  /** The managers that are alive, oldest first. */
  managers(): Promise<ManagerInstance[]> {
    return this.dataSource.query<ManagerInstance[]>(
      `SELECT id, started_at AS "startedAt", network_lost_since AS "networkLostSince"
         FROM manager_instances WHERE seen_at > now() - interval '15 seconds'
        ORDER BY started_at, id`,
    );
  }

  /** Each server's statuses since `from`, with the last one before it; of one server or of all. */
  async statusPoints(from: Date, serverId?: string): Promise<Map<string, StatusPoint[]>> {
    const one = serverId === undefined ? '' : 'AND server_id = $2';
    const rows = await this.dataSource.query<PointRow[]>(
      `SELECT * FROM (
         (SELECT DISTINCT ON (server_id) server_id, to_status AS status, at, id
            FROM server_transitions WHERE at <= $1 ${one} ORDER BY server_id, at DESC, id DESC)
         UNION ALL
         (SELECT server_id, to_status, at, id FROM server_transitions WHERE at > $1 ${one})
       ) points ORDER BY server_id, at, id`,
      serverId === undefined ? [from] : [from, serverId],
    );
    const points = new Map<string, StatusPoint[]>();
    for (const { server_id: id, status, at } of rows) {
      const list = points.get(id);
      if (list) list.push({ status, at });
      else points.set(id, [{ status, at }]);
    }
    return points;
  }
}

function isoTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
