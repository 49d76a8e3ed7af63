import { Injectable } from '@nestjs/common';
import type { CommandOutcome } from '@myx/protocol';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../platform/http/index.js';
import type { VisibleRequest } from './command-request.js';
import type { CommandStatus } from './command.js';

/** Which servers a run was started for, as asked. */
export interface RunSelector {
  readonly server_ids?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** The same command on many servers. */
export interface Run {
  readonly id: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly request: VisibleRequest;
  readonly selector: RunSelector;
  readonly inputId: string | null;
  readonly createdAt: Date;
}

/** How many commands of a run are in one status with one outcome. */
export interface RunCount {
  readonly runId: string;
  readonly status: CommandStatus;
  readonly outcome: CommandOutcome | null;
  readonly commands: number;
}

const RUN_COLUMNS = `id, actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName",
  request, selector, input_id AS "inputId", created_at AS "createdAt"`;

/** Reads and adds runs. */
@Injectable()
export class RunsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds a run. Answers false when the actor has used the idempotency key before. */
  async insert(
    manager: EntityManager,
    run: Pick<Run, 'id' | 'request' | 'selector' | 'inputId'>,
    actor: Actor,
    idempotencyKey: string | null,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO command_runs (id, actor_kind, actor_id, actor_name, request, selector, input_id,
         idempotency_key, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, date_trunc('milliseconds', now()))
       ON CONFLICT (actor_kind, actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL
       DO NOTHING RETURNING id`,
      [
        run.id,
        actor.kind,
        actor.id,
        actor.name,
        JSON.stringify(run.request),
        JSON.stringify(run.selector),
        run.inputId,
        idempotencyKey,
      ],
    );
    return rows.length > 0;
  }

  async find(id: string, manager = this.dataSource.manager): Promise<Run | undefined> {
    const rows = await manager.query<Run[]>(
      `SELECT ${RUN_COLUMNS} FROM command_runs WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  /** The run for which an actor used an idempotency key. */
  async findByKey(
    manager: EntityManager,
    actor: Pick<Actor, 'kind' | 'id'>,
    key: string,
  ): Promise<Run | undefined> {
    const rows = await manager.query<Run[]>(
      `SELECT ${RUN_COLUMNS} FROM command_runs
        WHERE actor_kind = $1 AND actor_id = $2 AND idempotency_key = $3`,
      [actor.kind, actor.id, key],
    );
    return rows[0];
  }

  /** At most `limit` runs, newest first, those before `[created_at, id]`. */
  list(limit: number, before?: readonly string[]): Promise<Run[]> {
    const where = before ? 'WHERE (created_at, id) < ($2::timestamptz, $3::uuid)' : '';
    return this.dataSource.query<Run[]>(
      `SELECT ${RUN_COLUMNS} FROM command_runs ${where}
        ORDER BY created_at DESC, id DESC LIMIT $1`,
      [limit, ...(before ?? [])],
    );
  }

  /** Counts of the commands of runs. */
  counts(ids: readonly string[]): Promise<RunCount[]> {
    return this.dataSource.query<RunCount[]>(
      `SELECT run_id AS "runId", status, outcome, count(*)::integer AS commands
         FROM commands WHERE run_id = ANY ($1) GROUP BY run_id, status, outcome`,
      [ids],
    );
  }
}
