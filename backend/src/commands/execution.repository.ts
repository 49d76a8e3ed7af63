import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { StatusCause } from '../servers/index.js';
import { COMMAND_COLUMNS, LEASED_COLUMNS } from './command-columns.js';
import type { Command, LeasedCommand } from './command.js';

/** How long a lease lasts without renewal. */
const LEASE = `interval '20 seconds'`;

const ACTIVE = `('starting', 'running', 'cancelling')`;

/** How many commands may be worked on at the same time. */
export interface ConcurrencyLimits {
  readonly total: number;
  readonly perServer: number;
}

/** Who may write a command. */
export interface Lease {
  readonly commandId: string;
  readonly owner: string;
  readonly epoch: number;
}

/** The outcome of a command that never got to an agent, or whose agent lost it. */
export interface OwnVerdict {
  readonly outcome: 'rejected' | 'lost' | 'cancelled';
  readonly reason: string;
}

/** A command that runs and that somebody wants to end. */
export interface CancelWish {
  readonly id: string;
  readonly graceMs: number;
}

/**
 * Working on commands: leases on the database's clock, and writes that only the holder of the lease can
 * make. A method that answers false has written nothing: the lease is lost.
 */
@Injectable()
export class ExecutionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes queued commands within the limits, oldest first, and marks them as sent: from here on the agent
   * may have them. Claims of all managers take turns, so the limits hold.
   */
  async claim(
    manager: EntityManager,
    owner: string,
    limits: ConcurrencyLimits,
  ): Promise<LeasedCommand[]> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('commands:claim', 0))`);
    const [rows] = await manager.query<[LeasedCommand[], number]>(
      `WITH active AS (
         SELECT server_id, count(*) AS commands FROM commands
          WHERE status IN ${ACTIVE} GROUP BY server_id
       ), waiting AS (
         SELECT id, server_id, created_at,
                row_number() OVER (PARTITION BY server_id ORDER BY created_at, id) AS place
           FROM commands WHERE status = 'queued' AND not_before <= now()
       ), chosen AS (
         SELECT waiting.id FROM waiting LEFT JOIN active USING (server_id)
          WHERE waiting.place + coalesce(active.commands, 0) <= $3
          ORDER BY waiting.created_at, waiting.id
          LIMIT greatest(0, $2 - (SELECT coalesce(sum(commands), 0) FROM active))
       )
       UPDATE commands
          SET status = 'starting', sent_at = now(), lease_owner = $1, lease_until = now() + ${LEASE},
              epoch = commands.epoch + 1,
              agent_epoch = (SELECT state_epoch FROM agents WHERE agents.server_id = commands.server_id)
         FROM chosen WHERE commands.id = chosen.id
          -- Looked at again after waiting for whoever was just cancelling it.
          AND commands.status = 'queued'
       RETURNING ${LEASED_COLUMNS}`,
      [owner, limits.total, limits.perServer],
    );
    return rows;
  }

  /** Takes over commands whose lease has run out, at most `limit`. */
  async takeOver(owner: string, limit: number): Promise<LeasedCommand[]> {
    const [rows] = await this.dataSource.query<[LeasedCommand[], number]>(
      `WITH abandoned AS (
         SELECT id FROM commands
          WHERE status IN ${ACTIVE} AND (lease_until IS NULL OR lease_until < now())
          ORDER BY created_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
       )
       UPDATE commands
          SET lease_owner = $1, lease_until = now() + ${LEASE}, epoch = commands.epoch + 1
         FROM abandoned WHERE commands.id = abandoned.id
       RETURNING ${LEASED_COLUMNS}`,
      [owner, limit],
    );
    return rows;
  }

  /** Prolongs the leases of commands this process works on. Answers which of them are being cancelled. */
  async renew(owner: string, ids: readonly string[]): Promise<CancelWish[]> {
    const [rows] = await this.dataSource.query<[(CancelWish & { status: string })[], number]>(
      `UPDATE commands SET lease_until = now() + ${LEASE}
        WHERE lease_owner = $1 AND id = ANY ($2) AND status IN ${ACTIVE}
       RETURNING id, status, cancel_grace_ms AS "graceMs"`,
      [owner, ids],
    );
    return rows.filter(({ status }) => status === 'cancelling');
  }

  /** Gives up all leases of this process, so that another one can go on at once. */
  async release(owner: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE commands SET lease_until = now() WHERE lease_owner = $1 AND status IN ${ACTIVE}`,
      [owner],
    );
  }

  /** The agent has the command. A cancel that was asked for meanwhile stays asked for. */
  async markRunning(lease: Lease): Promise<Command | undefined> {
    return this.write(
      lease,
      `status = CASE WHEN cancel_grace_ms IS NULL THEN 'running' ELSE 'cancelling' END,
       started_at = coalesce(started_at, now()), unreachable_since = NULL, unreachable_cause = NULL`,
    );
  }

  /** The agent has no room now: back into the queue. */
  requeue(lease: Lease, afterSeconds: number): Promise<Command | undefined> {
    return this.write(
      lease,
      `status = CASE WHEN cancel_grace_ms IS NULL THEN 'queued' ELSE 'finished' END,
       outcome = CASE WHEN cancel_grace_ms IS NULL THEN NULL ELSE 'cancelled' END,
       finished_at = CASE WHEN cancel_grace_ms IS NULL THEN NULL ELSE now() END,
       reason = CASE WHEN cancel_grace_ms IS NULL THEN NULL ELSE 'Cancelled before it started.' END,
       not_before = now() + $4 * interval '1 second',
       sent_at = NULL, lease_owner = NULL, lease_until = NULL`,
      [afterSeconds],
    );
  }

  /** The agent that has, or may have, the command cannot be reached. Keeps the first moment. */
  markUnreachable(lease: Lease, cause: StatusCause): Promise<Command | undefined> {
    return this.write(
      lease,
      `unreachable_since = coalesce(unreachable_since, now()), unreachable_cause = $4`,
      [JSON.stringify(cause)],
    );
  }

  /** The agent answers again. */
  markReachable(lease: Lease): Promise<Command | undefined> {
    return this.write(lease, 'unreachable_since = NULL, unreachable_cause = NULL');
  }

  /** Ends a command by the manager's own word. */
  conclude(lease: Lease, verdict: OwnVerdict): Promise<Command | undefined> {
    return this.write(
      lease,
      `status = 'finished', outcome = $4, reason = $5, finished_at = now(),
       unreachable_since = NULL, unreachable_cause = NULL, lease_owner = NULL, lease_until = NULL`,
      [verdict.outcome, verdict.reason],
    );
  }

  /**
   * Stores that a cancel was asked for. A queued command ends at once. Answers the command after it, or
   * undefined when there is none.
   */
  async requestCancel(
    manager: EntityManager,
    id: string,
    graceMs: number,
  ): Promise<Command | undefined> {
    const [rows] = await manager.query<[Command[], number]>(
      `UPDATE commands
          SET status = CASE status WHEN 'queued' THEN 'finished' WHEN 'running' THEN 'cancelling' ELSE status END,
              outcome = CASE status WHEN 'queued' THEN 'cancelled' ELSE outcome END,
              reason = CASE status WHEN 'queued' THEN 'Cancelled before it started.' ELSE reason END,
              finished_at = CASE status WHEN 'queued' THEN now() ELSE finished_at END,
              cancel_grace_ms = $2
        WHERE id = $1 AND status <> 'finished'
       RETURNING ${COMMAND_COLUMNS}`,
      [id, graceMs],
    );
    return rows[0];
  }

  /** Commands that ended but that their agents were not told to forget yet. */
  async toForget(limit: number): Promise<{ id: string; serverId: string }[]> {
    const [rows] = await this.dataSource.query<[{ id: string; serverId: string }[], number]>(
      `UPDATE commands SET forget_at = now() + interval '10 minutes'
        WHERE id IN (SELECT id FROM commands WHERE forget_at <= now()
                      ORDER BY forget_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, server_id AS "serverId"`,
      [limit],
    );
    return rows;
  }

  /** The agent has forgotten the command. */
  async forgotten(id: string): Promise<void> {
    await this.dataSource.query('UPDATE commands SET forget_at = NULL WHERE id = $1', [id]);
  }

  private async write(
    { commandId, owner, epoch }: Lease,
    changes: string,
    values: readonly unknown[] = [],
  ): Promise<Command | undefined> {
    const [rows] = await this.dataSource.query<[Command[], number]>(
      `UPDATE commands SET ${changes}
        WHERE id = $1 AND lease_owner = $2 AND epoch = $3 RETURNING ${COMMAND_COLUMNS}`,
      [commandId, owner, epoch, ...values],
    );
    return rows[0];
  }
}
