import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { SecretBox } from '../platform/crypto/index.js';
import type { SecretPlace } from '../platform/crypto/index.js';
import type { Actor } from '../platform/http/index.js';
import type { PlaybookRun, RunServer, RunState } from './playbook.js';
import type { Values } from './playbook-variables.js';

/** What a request for a run said, to tell whether another one says the same. No secret values. */
export interface GivenRun {
  readonly playbook: string;
  readonly version: number | null;
  readonly extra_vars: Values;
  readonly secret_vars: readonly string[];
  /** Names of secrets that were given rather than taken from a default. */
  readonly secrets_given: readonly string[];
}

/** A run as it is stored. */
export type StoredRun = PlaybookRun & { readonly given: GivenRun };

/** A run to store. */
export type NewRun = Omit<StoredRun, 'createdAt' | 'batchId'> & {
  readonly secrets: Values;
  readonly idempotencyKey: string | null;
};

/** How many servers of a run are in one state, and from when to when they were worked on. */
export interface RunCount {
  readonly runId: string;
  readonly state: RunState;
  readonly servers: number;
  /** When the first of them began, and the last of them ended. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The newest run of one playbook. */
export interface LastRun {
  /** Id of the user's own playbook, or the name of one that comes with MyX. */
  readonly playbook: string;
  readonly id: string;
  readonly createdAt: Date;
}

/** Which runs to list. */
export interface RunFilter {
  readonly playbook?: string | undefined;
  readonly serverId?: string | undefined;
  readonly operationId?: string | undefined;
  readonly states?: readonly RunState[] | undefined;
}

type RunRow = Omit<StoredRun, 'playbook' | 'author'> & {
  readonly playbookId: string | null;
  readonly playbookName: string;
  readonly playbookVersion: number | null;
  readonly playbookSha256: string;
  readonly actorKind: Actor['kind'];
  readonly actorId: string;
  readonly actorName: string;
};

const RUN_COLUMNS = `r.id, r.playbook_id AS "playbookId", r.playbook_name AS "playbookName",
  r.playbook_version AS "playbookVersion", r.playbook_sha256 AS "playbookSha256", r.selector, r.options,
  r.given, r.extra_vars AS "extraVars", r.secret_names AS "secretNames", r.batch_id AS "batchId",
  r.retry_of AS "retryOf", r.actor_kind AS "actorKind", r.actor_id AS "actorId",
  r.actor_name AS "actorName", r.created_at AS "createdAt"`;

/** What an operation's state means for a run: it has nothing to clean up. */
const STATE = `CASE o.state WHEN 'cleanup_pending' THEN 'failed' ELSE o.state END`;

const SERVER_COLUMNS = `s.run_id AS "runId", s.server_id AS "serverId", s.server_name AS "serverName",
  s.operation_id AS "operationId", ${STATE} AS state, s.outcome, s.exit_code AS "exitCode", s.recap,
  s.task_seq AS tasks, s.current_task AS current, o.error, o.started_at AS "startedAt", o.finished_at AS "finishedAt"`;

const SERVERS = 'playbook_run_servers s JOIN operations o ON o.id = s.operation_id';

/** The state of a run as a whole, as `overallState` has it. */
const OVERALL = `(SELECT CASE
    WHEN bool_and(o.state = 'pending') THEN 'pending'
    WHEN bool_or(o.state IN ('pending', 'running')) THEN 'running'
    WHEN bool_or(o.state IN ('failed', 'cleanup_pending')) THEN 'failed'
    WHEN bool_or(o.state = 'cancelled') THEN 'cancelled'
    ELSE 'succeeded' END
  FROM ${SERVERS} WHERE s.run_id = r.id)`;

/** Reads and adds runs of playbooks. */
@Injectable()
export class PlaybookRunsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secretBox: SecretBox,
  ) {}

  /** Adds a run. Answers false when the actor has used the idempotency key before. */
  async insert(manager: EntityManager, run: NewRun): Promise<boolean> {
    const hasSecrets = Object.keys(run.secrets).length > 0;
    const rows = await manager.query<unknown[]>(
      `INSERT INTO playbook_runs (id, playbook_id, playbook_name, playbook_version, playbook_sha256,
         selector, options, given, extra_vars, secret_names, secrets_sealed, retry_of, actor_kind,
         actor_id, actor_name, idempotency_key, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
         date_trunc('milliseconds', now()))
       ON CONFLICT (actor_kind, actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL
       DO NOTHING RETURNING id`,
      [
        run.id,
        run.playbook.id,
        run.playbook.name,
        run.playbook.version,
        run.playbook.sha256,
        JSON.stringify(run.selector),
        JSON.stringify(run.options),
        JSON.stringify(run.given),
        JSON.stringify(run.extraVars),
        JSON.stringify(run.secretNames),
        hasSecrets ? this.secretBox.seal(JSON.stringify(run.secrets), placeOf(run.id)) : null,
        run.retryOf,
        run.author.kind,
        run.author.id,
        run.author.name,
        run.idempotencyKey,
      ],
    );
    return rows.length > 0;
  }

  /** Tells which operation works on which server of a run. */
  async insertServers(
    manager: EntityManager,
    runId: string,
    batchId: string,
    servers: readonly Pick<RunServer, 'serverId' | 'operationId'>[],
  ): Promise<void> {
    await manager.query('UPDATE playbook_runs SET batch_id = $2 WHERE id = $1', [runId, batchId]);
    await manager.query(
      `INSERT INTO playbook_run_servers (run_id, server_id, server_name, operation_id)
       SELECT $1, target.server_id, servers.name, target.operation_id
       FROM unnest($2::uuid[], $3::uuid[]) AS target (server_id, operation_id)
       JOIN servers ON servers.id = target.server_id`,
      [runId, servers.map(({ serverId }) => serverId), servers.map((s) => s.operationId)],
    );
  }

  async find(id: string, manager = this.dataSource.manager): Promise<StoredRun | undefined> {
    const rows = await manager.query<RunRow[]>(
      `SELECT ${RUN_COLUMNS} FROM playbook_runs r WHERE r.id = $1`,
      [id],
    );
    return rows[0] && runOf(rows[0]);
  }

  /** The run for which an actor used an idempotency key. */
  async findByKey(
    actor: Pick<Actor, 'kind' | 'id'>,
    key: string,
    manager = this.dataSource.manager,
  ): Promise<StoredRun | undefined> {
    const rows = await manager.query<RunRow[]>(
      `SELECT ${RUN_COLUMNS} FROM playbook_runs r
        WHERE r.actor_kind = $1 AND r.actor_id = $2 AND r.idempotency_key = $3`,
      [actor.kind, actor.id, key],
    );
    return rows[0] && runOf(rows[0]);
  }

  /** The run and the server that an operation works for. */
  async findByOperation(
    operationId: string,
  ): Promise<Pick<RunServer, 'runId' | 'serverId'> | undefined> {
    const rows = await this.dataSource.query<Pick<RunServer, 'runId' | 'serverId'>[]>(
      `SELECT run_id AS "runId", server_id AS "serverId" FROM playbook_run_servers
        WHERE operation_id = $1`,
      [operationId],
    );
    return rows[0];
  }

  /** At most `limit` runs, newest first, those before `[created_at, id]`. */
  async list(
    { playbook, serverId, operationId, states }: RunFilter,
    limit: number,
    before?: readonly string[],
  ): Promise<StoredRun[]> {
    const values: unknown[] = [limit];
    const place = (value: unknown): string => `$${String(values.push(value))}`;
    const wheres = ['true'];
    if (playbook !== undefined) {
      const given = place(playbook);
      wheres.push(`(r.playbook_id::text = ${given} OR lower(r.playbook_name) = lower(${given}))`);
    }
    if (serverId !== undefined) {
      wheres.push(`EXISTS (SELECT FROM playbook_run_servers s
        WHERE s.run_id = r.id AND s.server_id = ${place(serverId)})`);
    }
    if (operationId !== undefined) {
      wheres.push(`EXISTS (SELECT FROM playbook_run_servers s
        WHERE s.run_id = r.id AND s.operation_id = ${place(operationId)})`);
    }
    if (states !== undefined) wheres.push(`${OVERALL} = ANY (${place(states)})`);
    if (before) {
      const [at, id] = before.map(place);
      wheres.push(`(r.created_at, r.id) < (${String(at)}::timestamptz, ${String(id)}::uuid)`);
    }
    const rows = await this.dataSource.query<RunRow[]>(
      `SELECT ${RUN_COLUMNS} FROM playbook_runs r WHERE ${wheres.join(' AND ')}
        ORDER BY r.created_at DESC, r.id DESC LIMIT $1`,
      values,
    );
    return rows.map(runOf);
  }

  /** Counts of the servers of runs by state. */
  counts(ids: readonly string[]): Promise<RunCount[]> {
    return this.dataSource.query<RunCount[]>(
      `SELECT s.run_id AS "runId", ${STATE} AS state, count(*)::integer AS servers,
           min(o.started_at) AS "startedAt", max(o.finished_at) AS "finishedAt"
         FROM ${SERVERS} WHERE s.run_id = ANY ($1) GROUP BY s.run_id, ${STATE}`,
      [ids],
    );
  }

  /** The newest run of every playbook that was run and is still there. */
  lastRuns(): Promise<LastRun[]> {
    return this.dataSource.query<LastRun[]>(
      `SELECT DISTINCT ON (1) coalesce(r.playbook_id::text, r.playbook_name) AS playbook, r.id,
         r.created_at AS "createdAt"
         FROM playbook_runs r WHERE r.playbook_id IS NOT NULL OR r.playbook_version IS NULL
        ORDER BY 1, r.created_at DESC, r.id DESC`,
    );
  }

  /** The servers of a run, by name. */
  servers(runId: string): Promise<RunServer[]> {
    return this.dataSource.query<RunServer[]>(
      `SELECT ${SERVER_COLUMNS} FROM ${SERVERS} WHERE s.run_id = $1
        ORDER BY s.server_name, s.server_id`,
      [runId],
    );
  }

  /** Whether a run of the user's own playbook has not ended. */
  async isRunning(manager: EntityManager, playbookId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM playbook_runs r JOIN playbook_run_servers s ON s.run_id = r.id
         JOIN operations o ON o.id = s.operation_id
        WHERE r.playbook_id = $1 AND o.state IN ('pending', 'running') LIMIT 1`,
      [playbookId],
    );
    return rows.length > 0;
  }

  /** Opens the secrets of a run, for running it. */
  async secrets(runId: string, manager = this.dataSource.manager): Promise<Values> {
    const [row] = await manager.query<{ sealed: Buffer | null }[]>(
      'SELECT secrets_sealed AS sealed FROM playbook_runs WHERE id = $1',
      [runId],
    );
    if (!row?.sealed) return {};
    return JSON.parse(this.secretBox.open(row.sealed, placeOf(runId)).reveal()) as Values;
  }

  /** Removes runs that ended more than `days` ago, with their results; answers how many. */
  async removeOld(days: number): Promise<number> {
    const [, removed] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM playbook_runs WHERE id IN (
         SELECT r.id FROM playbook_runs r WHERE r.created_at < now() - $1 * interval '1 day'
            AND NOT EXISTS (SELECT FROM ${SERVERS} WHERE s.run_id = r.id
              AND (o.finished_at IS NULL OR o.finished_at >= now() - $1 * interval '1 day'))
          LIMIT 100)`,
      [days],
    );
    return removed;
  }
}

function runOf(row: RunRow): StoredRun {
  const {
    playbookId,
    playbookName,
    playbookVersion,
    playbookSha256,
    actorKind,
    actorId,
    actorName,
    ...run
  } = row;
  return {
    ...run,
    playbook: {
      id: playbookId,
      name: playbookName,
      version: playbookVersion,
      sha256: playbookSha256,
    },
    author: { kind: actorKind, id: actorId, name: actorName },
  };
}

function placeOf(rowId: string): SecretPlace {
  return { table: 'playbook_runs', column: 'secrets_sealed', rowId };
}
