import { Injectable } from '@nestjs/common';
import type { CommandOutcome } from '@myx/protocol';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../platform/http/index.js';
import { COMMAND_COLUMNS } from './command-columns.js';
import type { VisibleRequest } from './command-request.js';
import type { Command, CommandStatus } from './command.js';

/** A command to store. */
export interface NewCommand {
  readonly id: string;
  readonly serverId: string;
  readonly runId: string | null;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'>;
  readonly request: VisibleRequest;
  readonly inputId: string | null;
  readonly idempotencyKey: string | null;
}

/** Which commands to list. */
export interface CommandFilter {
  readonly serverId?: string | undefined;
  readonly runId?: string | undefined;
  readonly statuses?: readonly CommandStatus[] | undefined;
  readonly outcomes?: readonly CommandOutcome[] | undefined;
  readonly actorId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Reads and adds commands. Working on them is {@link ExecutionRepository}'s. */
@Injectable()
export class CommandsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds a command in status `queued`. Answers false when the actor has used the idempotency key before;
   * waits for a transaction that is just using it.
   */
  async insert(manager: EntityManager, command: NewCommand): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO commands (id, server_id, run_id, actor_kind, actor_id, actor_name, request,
         input_id, idempotency_key, status, created_at, not_before)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', date_trunc('milliseconds', now()), now())
       ON CONFLICT (actor_kind, actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL
       DO NOTHING RETURNING id`,
      [
        command.id,
        command.serverId,
        command.runId,
        command.actor.kind,
        command.actor.id,
        command.actor.name,
        JSON.stringify(command.request),
        command.inputId,
        command.idempotencyKey,
      ],
    );
    return rows.length > 0;
  }

  /**
   * Adds one queued command per server, all of one run, in one statement. Answers the servers that got
   * one: those that are still there.
   */
  async insertForRun(
    manager: EntityManager,
    command: Omit<NewCommand, 'id' | 'serverId' | 'idempotencyKey'>,
    targets: readonly { readonly id: string; readonly serverId: string }[],
  ): Promise<string[]> {
    const rows = await manager.query<{ serverId: string }[]>(
      `INSERT INTO commands (id, server_id, run_id, actor_kind, actor_id, actor_name, request,
         input_id, status, created_at, not_before)
       SELECT target.id, target.server_id, $3, $4, $5, $6, $7, $8, 'queued', date_trunc('milliseconds', now()), now()
         FROM unnest($1::uuid[], $2::uuid[]) AS target (id, server_id)
           JOIN servers ON servers.id = target.server_id FOR KEY SHARE OF servers
       RETURNING server_id AS "serverId"`,
      [
        targets.map(({ id }) => id),
        targets.map(({ serverId }) => serverId),
        command.runId,
        command.actor.kind,
        command.actor.id,
        command.actor.name,
        JSON.stringify(command.request),
        command.inputId,
      ],
    );
    return rows.map(({ serverId }) => serverId);
  }

  async find(
    id: string,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Command | undefined> {
    const rows = await manager.query<Command[]>(
      `SELECT ${COMMAND_COLUMNS} FROM commands WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  /** The command for which an actor used an idempotency key. */
  async findByKey(
    manager: EntityManager,
    actor: Pick<Actor, 'kind' | 'id'>,
    key: string,
  ): Promise<Command | undefined> {
    const rows = await manager.query<Command[]>(
      `SELECT ${COMMAND_COLUMNS} FROM commands
        WHERE actor_kind = $1 AND actor_id = $2 AND idempotency_key = $3`,
      [actor.kind, actor.id, key],
    );
    return rows[0];
  }

  /** At most `limit` commands, newest first, those before `[created_at, id]`. */
  list(filter: CommandFilter, limit: number, before?: readonly string[]): Promise<Command[]> {
    const values: unknown[] = [];
    const use = (value: unknown): string => `$${values.push(value)}`;
    const where = ['true'];
    if (filter.serverId !== undefined) where.push(`server_id = ${use(filter.serverId)}`);
    if (filter.runId !== undefined) where.push(`run_id = ${use(filter.runId)}`);
    if (filter.statuses) where.push(`status = ANY (${use(filter.statuses)})`);
    if (filter.outcomes) where.push(`outcome = ANY (${use(filter.outcomes)})`);
    if (filter.actorId !== undefined) where.push(`actor_id = ${use(filter.actorId)}`);
    if (filter.from) where.push(`created_at >= ${use(filter.from)}`);
    if (filter.to) where.push(`created_at < ${use(filter.to)}`);
    if (before) {
      const [at, id] = before;
      where.push(`(created_at, id) < (${use(at)}::timestamptz, ${use(id)}::uuid)`);
    }
    return this.dataSource.query<Command[]>(
      `SELECT ${COMMAND_COLUMNS} FROM commands WHERE ${where.join(' AND ')}
        ORDER BY created_at DESC, id DESC LIMIT ${use(limit)}`,
      values,
    );
  }
}
