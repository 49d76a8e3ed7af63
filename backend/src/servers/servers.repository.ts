import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import type { EntityManager, QueryDeepPartialEntity, SelectQueryBuilder } from 'typeorm';
import { newRowId } from '../platform/database/index.js';
import { Server, ServerTransition } from './server.entity.js';
import type { ServerStatus, StatusCause } from './server.entity.js';

/** What a list of servers is narrowed by. */
export interface ServerFilter {
  /** Part of the name or the host, whatever the case. */
  readonly search?: string | undefined;
  /** Every one of these labels must have its value. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Any of these. */
  readonly statuses?: readonly ServerStatus[] | undefined;
}

/** The columns that may be changed after a server was added. */
export type ServerChanges = Partial<
  Pick<
    Server,
    | 'name'
    | 'host'
    | 'labels'
    | 'connection'
    | 'sshPort'
    | 'credentialId'
    | 'hostKeyAlgorithm'
    | 'hostKeyFingerprint'
    | 'jumpHost'
    | 'machineId'
    | 'facts'
    | 'vitals'
    | 'agentVersion'
    | 'lastHeartbeatAt'
    | 'heartbeatMinSeconds'
    | 'heartbeatMaxSeconds'
  >
>;

/** Columns of a list; the large ones, such as facts and vitals, stay in the database. */
const LISTED_COLUMNS = [
  ['id', 'id'],
  ['name', 'name'],
  ['host', 'host'],
  ['labels', 'labels'],
  ['connection', 'connection'],
  ['status', 'status'],
  ['status_cause', 'statusCause'],
  ['status_since', 'statusSince'],
  ['agent_version', 'agentVersion'],
  ['last_heartbeat_at', 'lastHeartbeatAt'],
  ['created_at', 'createdAt'],
  ['updated_at', 'updatedAt'],
] as const satisfies readonly (readonly [string, keyof Server])[];

/** A server as lists need it. */
export type ListedServer = Pick<Server, (typeof LISTED_COLUMNS)[number][1]> & {
  /** Name of the operating system, once the agent has told it. */
  readonly osName: string | null;
  readonly arch: string | null;
};

/** Sort key of the list: names without regard to case, in code point order. */
const NAME_ORDER = 'lower(server.name) COLLATE "C"';

/** Reads and writes servers and their transitions. */
@Injectable()
export class ServersRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string, manager: EntityManager = this.dataSource.manager): Promise<Server | null> {
    return manager.findOneBy(Server, { id });
  }

  /** Reads one row and keeps others from removing it until the transaction ends. */
  keep(manager: EntityManager, id: string): Promise<Server | null> {
    return manager.findOne(Server, { where: { id }, lock: { mode: 'for_key_share' } });
  }

  /** Reads one row and keeps others from changing it until the transaction ends. */
  lock(manager: EntityManager, id: string): Promise<Server | null> {
    return manager.findOne(Server, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** At most `limit` servers sorted by name, those after the name `after`. */
  list(filter: ServerFilter, limit: number, after?: string): Promise<ListedServer[]> {
    const query = this.filtered(filter)
      .select(LISTED_COLUMNS.map(([column, name]) => `server.${column} AS "${name}"`))
      .addSelect(`server.facts -> 'os' ->> 'pretty_name'`, 'osName')
      .addSelect(`server.facts ->> 'arch'`, 'arch')
      .orderBy(NAME_ORDER, 'ASC')
      .limit(limit);
    if (after !== undefined) query.andWhere(`${NAME_ORDER} > lower(:after) COLLATE "C"`, { after });
    return query.getRawMany<ListedServer>();
  }

  /** Ids of every server the filter lets through. */
  async ids(filter: ServerFilter): Promise<string[]> {
    const rows = await this.filtered(filter)
      .select('server.id', 'id')
      .orderBy(NAME_ORDER, 'ASC')
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  findByName(manager: EntityManager, name: string): Promise<Server | null> {
    return manager
      .createQueryBuilder(Server, 'server')
      .where('lower(server.name) COLLATE "C" = lower(:name) COLLATE "C"', { name })
      .getOne();
  }

  findByMachine(manager: EntityManager, machineId: string): Promise<Server | null> {
    return manager.findOneBy(Server, { machineId });
  }

  /** Until the transaction ends no other one looks at or records this machine. */
  async lockMachine(manager: EntityManager, machineId: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `machine:${machineId}`,
    ]);
  }

  async insert(manager: EntityManager, server: QueryDeepPartialEntity<Server>): Promise<void> {
    await manager.insert(Server, server);
  }

  async update(manager: EntityManager, id: string, changes: ServerChanges): Promise<void> {
    await manager.update(
      Server,
      { id },
      {
        ...changes,
        updatedAt: () => 'now()',
      },
    );
  }

  async setStatus(
    manager: EntityManager,
    id: string,
    status: ServerStatus,
    cause: StatusCause | null,
  ): Promise<void> {
    await manager.query(
      `UPDATE servers SET status = $2, status_cause = $3,
         status_since = CASE WHEN status = $2 THEN status_since ELSE clock_timestamp() END,
         updated_at = now()
       WHERE id = $1`,
      [id, status, cause === null ? null : JSON.stringify(cause)],
    );
  }

  async addTransition(
    manager: EntityManager,
    transition: Pick<ServerTransition, 'serverId' | 'fromStatus' | 'toStatus' | 'cause'>,
  ): Promise<void> {
    await manager.insert(ServerTransition, {
      ...transition,
      id: newRowId(),
      // Not when the transaction began: one that waited for another would seem to have been first. Whole
      // milliseconds, because a page's cursor cannot say more.
      at: () => `date_trunc('milliseconds', clock_timestamp())`,
    });
  }

  /** At most `limit` transitions, newest first, those before `[at, id]`. */
  transitions(
    serverId: string,
    limit: number,
    before?: readonly [at: string, id: string],
  ): Promise<ServerTransition[]> {
    const query = this.dataSource.manager
      .createQueryBuilder(ServerTransition, 'transition')
      .where('transition.server_id = :serverId', { serverId })
      .orderBy('transition.at', 'DESC')
      .addOrderBy('transition.id', 'DESC')
      .limit(limit);
    if (before) {
      query.andWhere('(transition.at, transition.id) < (:at::timestamptz, :id::uuid)', {
        at: before[0],
        id: before[1],
      });
    }
    return query.getMany();
  }

  async delete(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(Server, { id });
  }

  private filtered(filter: ServerFilter): SelectQueryBuilder<Server> {
    const query = this.dataSource.manager.createQueryBuilder(Server, 'server').where('true');
    if (filter.search !== undefined) {
      query.andWhere('(server.name ILIKE :search OR server.host ILIKE :search)', {
        search: `%${filter.search.replace(/[\\%_]/g, String.raw`\$&`)}%`,
      });
    }
    if (filter.labels && Object.keys(filter.labels).length > 0) {
      query.andWhere('server.labels @> :labels::jsonb', { labels: JSON.stringify(filter.labels) });
    }
    if (filter.statuses && filter.statuses.length > 0) {
      query.andWhere('server.status IN (:...statuses)', { statuses: filter.statuses });
    }
    return query;
  }
}

/** True when `error` says that a row broke the named unique index or constraint. */
export function breaksUnique(error: unknown, constraint: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return (
    cause instanceof Error &&
    'code' in cause &&
    cause.code === '23505' &&
    'constraint' in cause &&
    cause.constraint === constraint
  );
}
