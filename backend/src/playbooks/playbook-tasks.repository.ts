import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { CurrentTask, Recap, RunServer, TaskResult } from './playbook.js';

/** Results kept of one server of one run; what comes after is counted, not kept. */
const RESULTS_LIMIT = 20_000;

/** One server of one run. */
export type RunPlace = Pick<RunServer, 'runId' | 'serverId'>;

/** A result that arrived, and what makes it the same one when it arrives again. */
export type NewTaskResult = Omit<TaskResult, 'seq'> & { readonly digest: Buffer };

/** How the playbook ended on a server. */
export type RunEnd = Pick<RunServer, 'outcome' | 'exitCode'> & { readonly recap: Recap | null };

/** The progress of a run on one server. */
export interface TaskProgress {
  readonly current: CurrentTask | null;
  readonly tasksDropped: number;
}

const COLUMNS = `seq, task_id AS "taskId", task, role, play, action, item, status, ignored,
  duration_ms AS "durationMs", message, diff, at`;

/** Reads and writes what playbooks tell while they run. Writers hold the lease of the operation. */
@Injectable()
export class PlaybookTasksRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Makes a server of a run ready for another start of the playbook. */
  async begin(manager: EntityManager, place: RunPlace): Promise<void> {
    const key = [place.runId, place.serverId];
    await manager.query(
      'DELETE FROM playbook_task_results WHERE run_id = $1 AND server_id = $2',
      key,
    );
    await manager.query(
      `UPDATE playbook_run_servers SET outcome = NULL, exit_code = NULL, recap = NULL,
         current_task = NULL, task_seq = 0, tasks_dropped = 0
       WHERE run_id = $1 AND server_id = $2`,
      key,
    );
  }

  /** Stores results that are not stored yet, in order; answers those that were new. */
  async append(
    manager: EntityManager,
    place: RunPlace,
    results: readonly NewTaskResult[],
  ): Promise<TaskResult[]> {
    if (results.length === 0) return [];
    const [row] = await manager.query<{ seq: number }[]>(
      `SELECT task_seq AS seq FROM playbook_run_servers
        WHERE run_id = $1 AND server_id = $2 FOR NO KEY UPDATE`,
      [place.runId, place.serverId],
    );
    if (!row) return [];
    const fresh = await this.unknown(manager, place, results);
    const kept = fresh.slice(0, Math.max(0, RESULTS_LIMIT - row.seq));
    if (kept.length > 0) await this.insert(manager, place, row.seq, kept);
    await manager.query(
      `UPDATE playbook_run_servers SET task_seq = task_seq + $3, tasks_dropped = tasks_dropped + $4
        WHERE run_id = $1 AND server_id = $2`,
      [place.runId, place.serverId, kept.length, fresh.length - kept.length],
    );
    return kept.map(({ digest: _digest, ...result }, index) => ({
      ...result,
      seq: row.seq + index + 1,
    }));
  }

  /** Stores which task runs now. */
  async setCurrent(
    manager: EntityManager,
    place: RunPlace,
    current: CurrentTask | null,
  ): Promise<void> {
    await manager.query(
      'UPDATE playbook_run_servers SET current_task = $3 WHERE run_id = $1 AND server_id = $2',
      [place.runId, place.serverId, current === null ? null : JSON.stringify(current)],
    );
  }

  /** Stores how the playbook ended on a server. */
  async end(manager: EntityManager, place: RunPlace, end: RunEnd): Promise<void> {
    await manager.query(
      `UPDATE playbook_run_servers SET outcome = $3, exit_code = $4, recap = $5, current_task = NULL
        WHERE run_id = $1 AND server_id = $2`,
      [
        place.runId,
        place.serverId,
        end.outcome,
        end.exitCode,
        end.recap === null ? null : JSON.stringify(end.recap),
      ],
    );
  }

  /** At most `limit` results after the sequence number `after`. */
  list({ runId, serverId }: RunPlace, after: number, limit: number): Promise<TaskResult[]> {
    return this.dataSource.query<TaskResult[]>(
      `SELECT ${COLUMNS} FROM playbook_task_results
        WHERE run_id = $1 AND server_id = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
      [runId, serverId, after, limit],
    );
  }

  /** What runs now on a server of a run; undefined when the run has no such server. */
  async progress({ runId, serverId }: RunPlace): Promise<TaskProgress | undefined> {
    const rows = await this.dataSource.query<TaskProgress[]>(
      `SELECT current_task AS current, tasks_dropped AS "tasksDropped" FROM playbook_run_servers
        WHERE run_id = $1 AND server_id = $2`,
      [runId, serverId],
    );
    return rows[0];
  }

  private async unknown(
    manager: EntityManager,
    { runId, serverId }: RunPlace,
    results: readonly NewTaskResult[],
  ): Promise<NewTaskResult[]> {
    const rows = await manager.query<{ digest: Buffer }[]>(
      `SELECT digest FROM playbook_task_results
        WHERE run_id = $1 AND server_id = $2 AND digest = ANY ($3::bytea[])`,
      [runId, serverId, results.map(({ digest }) => digest)],
    );
    const seen = new Set(rows.map(({ digest }) => digest.toString('hex')));
    return results.filter(({ digest }) => {
      const name = digest.toString('hex');
      if (seen.has(name)) return false;
      seen.add(name);
      return true;
    });
  }

  private async insert(
    manager: EntityManager,
    { runId, serverId }: RunPlace,
    seq: number,
    results: readonly NewTaskResult[],
  ): Promise<void> {
    const rows = results.map((result, index) => ({
      seq: seq + index + 1,
      digest: `\\x${result.digest.toString('hex')}`,
      task_id: result.taskId,
      task: result.task,
      role: result.role,
      play: result.play,
      action: result.action,
      item: result.item,
      status: result.status,
      ignored: result.ignored,
      duration_ms: result.durationMs,
      message: result.message,
      diff: result.diff,
      at: result.at.toISOString(),
    }));
    await manager.query(
      `INSERT INTO playbook_task_results (run_id, server_id, seq, digest, task_id, task, role, play,
         action, item, status, ignored, duration_ms, message, diff, at)
       SELECT $1, $2, seq, digest, task_id, task, role, play, action, item, status, ignored,
         duration_ms, message, diff, at
       FROM jsonb_to_recordset($3::jsonb) AS result (seq integer, digest bytea, task_id text, task text,
         role text, play text, action text, item text, status text, ignored boolean,
         duration_ms integer, message text, diff text, at timestamptz)`,
      [runId, serverId, JSON.stringify(rows)],
    );
  }
}
