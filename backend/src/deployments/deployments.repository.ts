import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../platform/http/index.js';
import { Deployment, DeploymentVersion } from './deployment.entity.js';
import type { DeploymentState } from './deployment.entity.js';

/** What a list of deployments is narrowed by. */
export interface DeploymentFilter {
  readonly serverId?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: DeploymentState | undefined;
  /** Part of the name or the address of its server. */
  readonly search?: string | undefined;
}

/** A deployment with the name and address of its server. */
export interface ListedDeployment {
  readonly deployment: Deployment;
  readonly serverName: string;
  readonly serverHost: string;
}

/** A version to store. */
export interface NewVersion {
  readonly id: string;
  readonly deploymentId: string;
  readonly number: number;
  readonly config: unknown;
  readonly secretsSealed: Buffer | null;
  readonly note: string | null;
  readonly copiedFrom: number | null;
  readonly actor: Actor;
}

/** Columns of a deployment that change. */
export type DeploymentChanges = Partial<
  Pick<
    Deployment,
    | 'restingState'
    | 'error'
    | 'differences'
    | 'desiredVersion'
    | 'appliedVersion'
    | 'operationId'
    | 'isBusy'
    | 'hasBegun'
    | 'lastCheckAt'
  >
>;

/** Reads and writes deployments and their versions. */
@Injectable()
export class DeploymentsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string, manager: EntityManager = this.dataSource.manager): Promise<Deployment | null> {
    return manager.findOneBy(Deployment, { id });
  }

  /** Reads one row and keeps others from changing it until the transaction ends. */
  lock(manager: EntityManager, id: string): Promise<Deployment | null> {
    return manager.findOne(Deployment, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Deployments of a server, by kind. */
  ofServer(serverId: string, manager?: EntityManager): Promise<Deployment[]> {
    const source = manager ?? this.dataSource.manager;
    return source.find(Deployment, { where: { serverId }, order: { kind: 'ASC' } });
  }

  /** At most `limit`, newest first, those before the id `before`. */
  async list(
    filter: DeploymentFilter,
    limit: number,
    before?: string,
  ): Promise<ListedDeployment[]> {
    const query = this.dataSource.manager
      .createQueryBuilder(Deployment, 'deployment')
      .where('true')
      .orderBy('deployment.id', 'DESC')
      .limit(limit);
    if (filter.serverId !== undefined) {
      query.andWhere('deployment.server_id = :serverId', { serverId: filter.serverId });
    }
    if (filter.kind !== undefined) query.andWhere('deployment.kind = :kind', { kind: filter.kind });
    if (filter.state !== undefined) {
      query.andWhere('deployment.state = :state', { state: filter.state });
    }
    if (filter.search !== undefined) {
      query.andWhere(
        `deployment.server_id IN (SELECT id FROM servers WHERE name ILIKE :search OR host ILIKE :search)`,
        { search: `%${filter.search.replace(/[\\%_]/g, String.raw`\$&`)}%` },
      );
    }
    if (before !== undefined) query.andWhere('deployment.id < :before', { before });
    return this.withServers(await query.getMany());
  }

  /** Adds the names and addresses of their servers. */
  async withServers(
    deployments: readonly Deployment[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<ListedDeployment[]> {
    const ids = [...new Set(deployments.map(({ serverId }) => serverId))];
    const rows: { id: string; name: string; host: string }[] = await manager.query(
      'SELECT id, name, host FROM servers WHERE id = ANY($1)',
      [ids],
    );
    const servers = new Map(rows.map((row) => [row.id, row]));
    return deployments.map((deployment) => {
      const server = servers.get(deployment.serverId);
      return { deployment, serverName: server?.name ?? '', serverHost: server?.host ?? '' };
    });
  }

  /** Answers false when the server has one of this kind. */
  async insert(
    manager: EntityManager,
    row: Pick<Deployment, 'id' | 'kind' | 'serverId' | 'seedSealed'>,
  ): Promise<boolean> {
    const inserted: unknown[] = await manager.query(
      `INSERT INTO deployments (id, kind, server_id, state, resting_state, desired_version, seed_sealed)
       VALUES ($1, $2, $3, 'planned', 'planned', 1, $4)
       ON CONFLICT ON CONSTRAINT deployments_one_per_kind DO NOTHING RETURNING id`,
      [row.id, row.kind, row.serverId, row.seedSealed],
    );
    return inserted.length === 1;
  }

  async insertVersion(manager: EntityManager, version: NewVersion): Promise<void> {
    const { kind, id, name } = version.actor;
    await manager.query(
      `INSERT INTO deployment_versions
         (id, deployment_id, number, config, secrets_sealed, note, copied_from, actor)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        version.id,
        version.deploymentId,
        version.number,
        JSON.stringify(version.config),
        version.secretsSealed,
        version.note,
        version.copiedFrom,
        JSON.stringify({ kind, id, name }),
      ],
    );
  }

  version(
    deploymentId: string,
    number: number,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<DeploymentVersion | null> {
    return manager.findOneBy(DeploymentVersion, { deploymentId, number });
  }

  /** At most `limit` versions, newest first, those before the number `before`. */
  versions(deploymentId: string, limit: number, before?: number): Promise<DeploymentVersion[]> {
    const query = this.dataSource.manager
      .createQueryBuilder(DeploymentVersion, 'version')
      .where('version.deployment_id = :deploymentId', { deploymentId })
      .orderBy('version.number', 'DESC')
      .limit(limit);
    if (before !== undefined) query.andWhere('version.number < :before', { before });
    return query.getMany();
  }

  /** Number of the newest version before `before` that ended healthy. */
  async healthyBefore(
    manager: EntityManager,
    deploymentId: string,
    before: number,
  ): Promise<number | null> {
    const rows: { number: number }[] = await manager.query(
      `SELECT number FROM deployment_versions
       WHERE deployment_id = $1 AND number < $2 AND manifest IS NOT NULL
       ORDER BY number DESC LIMIT 1`,
      [deploymentId, before],
    );
    return rows[0]?.number ?? null;
  }

  async newestNumber(manager: EntityManager, deploymentId: string): Promise<number> {
    const rows: { number: number }[] = await manager.query(
      'SELECT max(number) AS number FROM deployment_versions WHERE deployment_id = $1',
      [deploymentId],
    );
    return rows[0]?.number ?? 0;
  }

  async updateVersion(
    manager: EntityManager,
    deploymentId: string,
    number: number,
    changes: Partial<Pick<DeploymentVersion, 'outcome' | 'appliedAt' | 'manifest'>>,
  ): Promise<void> {
    await manager.update(DeploymentVersion, { deploymentId, number }, changes);
  }

  /** Changes columns; another state is since now. */
  async update(
    manager: EntityManager,
    id: string,
    changes: DeploymentChanges,
    state?: DeploymentState,
  ): Promise<void> {
    await manager.update(
      Deployment,
      { id },
      {
        ...changes,
        updatedAt: new Date(),
      },
    );
    if (state === undefined) return;
    await manager.query(
      'UPDATE deployments SET state = $2, state_since = now() WHERE id = $1 AND state <> $2',
      [id, state],
    );
  }

  async delete(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(Deployment, { id });
  }

  /**
   * Takes at most `limit` deployments whose check is due, on servers that are online, and puts their next
   * check off by about `minutes`. Each is taken by one manager only.
   */
  async claimDue(limit: number, minutes: number): Promise<string[]> {
    const answer: unknown = await this.dataSource.query(
      `UPDATE deployments SET next_check_at = now() + make_interval(secs => $2 * (0.75 + random() / 2))
       WHERE id IN (
         SELECT d.id FROM deployments d JOIN servers s ON s.id = d.server_id
         WHERE d.next_check_at <= now() AND d.applied_version IS NOT NULL AND NOT d.is_busy
           AND s.status IN ('online', 'degraded')
         ORDER BY d.next_check_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED)
       RETURNING id`,
      [limit, minutes * 60],
    );
    const rows = (Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0] : answer) as {
      id: string;
    }[];
    return rows.map(({ id }) => id);
  }
}
