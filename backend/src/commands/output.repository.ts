import { Injectable } from '@nestjs/common';
import type { CommandResult, LogType } from '@myx/protocol';
import { DataSource } from 'typeorm';
import { COMMAND_COLUMNS } from './command-columns.js';
import type { Command, Gap } from './command.js';
import type { Lease } from './execution.repository.js';

/** Largest piece of output in one row, bytes. */
export const ROW_BYTES = 256 * 1024;

/** Bytes of a stream from an absolute offset. */
export interface OutputPiece {
  readonly stream: LogType;
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Both streams' offsets. */
export interface Offsets {
  readonly stdout: number;
  readonly stderr: number;
}

/** Output to add to a command, with the result when it was the last. */
export interface Append {
  readonly from: Offsets;
  readonly to: Offsets;
  readonly pieces: readonly OutputPiece[];
  readonly gaps: readonly Gap[];
  readonly result: CommandResult | null;
}

/** Stores and reads output by (command, stream, offset). */
@Injectable()
export class OutputRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds output in one statement: it is stored whole or not at all, only by the holder of the lease, and
   * only where the stored output ends. Answers the command after it, or undefined when the lease is lost
   * or the offsets do not fit.
   */
  async append(lease: Lease, append: Append): Promise<Command | undefined> {
    const { commandId, owner, epoch } = lease;
    const values: unknown[] = [commandId, owner, epoch];
    const use = (value: unknown): string => `$${values.push(value)}`;
    const rows = await this.dataSource.query<Command[]>(
      `WITH ${append.result ? '' : UNHURRIED}head AS (
         UPDATE commands
            SET stdout_bytes = ${use(append.to.stdout)}, stderr_bytes = ${use(append.to.stderr)},
                unreachable_since = NULL, unreachable_cause = NULL,
                gaps = gaps || ${use(JSON.stringify(append.gaps))}::jsonb
                ${append.result ? finishAssignments(append.result, use) : ''}
          WHERE id = $1 AND lease_owner = $2 AND epoch = $3
            AND stdout_bytes = ${use(append.from.stdout)} AND stderr_bytes = ${use(append.from.stderr)}
         RETURNING ${COMMAND_COLUMNS}
       )${insertPieces(append.pieces, use)}
       SELECT head.* FROM head${append.result ? '' : ', unhurried'}`,
      values,
    );
    return rows[0];
  }

  /** Rows of a stream from the one that holds `offset`, or the first one behind it, `limit` at most. */
  async read(
    commandId: string,
    stream: LogType,
    offset: number,
    limit: number,
  ): Promise<{ offset: number; bytes: Buffer }[]> {
    return this.dataSource.query<{ offset: number; bytes: Buffer }[]>(
      `SELECT "offset"::float8 AS offset, bytes FROM command_output
        WHERE command_id = $1 AND stream = $2 AND "offset" >= coalesce(
          (SELECT max("offset") FROM command_output
            WHERE command_id = $1 AND stream = $2 AND "offset" <= $3), 0)
        ORDER BY command_output."offset" LIMIT $4`,
      [commandId, stream, offset, limit],
    );
  }

  /** Bytes kept of each stream. */
  async kept(commandId: string): Promise<Offsets> {
    const rows = await this.dataSource.query<{ stream: LogType; bytes: number }[]>(
      `SELECT stream, sum(length(bytes))::float8 AS bytes FROM command_output
        WHERE command_id = $1 GROUP BY stream`,
      [commandId],
    );
    const of = (stream: LogType): number => rows.find((row) => row.stream === stream)?.bytes ?? 0;
    return { stdout: of('stdout'), stderr: of('stderr') };
  }

  /**
   * Drops rows of a stream that lie whole between `from` and `to`, and declares them as a gap. Answers the
   * dropped bytes, or undefined when the lease is lost.
   */
  async drop(
    { commandId, owner, epoch }: Lease,
    stream: LogType,
    from: number,
    to: number,
  ): Promise<number | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const [command] = await manager.query<{ gaps: Gap[] }[]>(
        `SELECT gaps FROM commands WHERE id = $1 AND lease_owner = $2 AND epoch = $3 FOR UPDATE`,
        [commandId, owner, epoch],
      );
      if (!command) return undefined;
      const [rows] = await manager.query<[{ from: number; to: number }[], number]>(
        `DELETE FROM command_output
          WHERE command_id = $1 AND stream = $2 AND "offset" >= $3 AND "offset" + length(bytes) <= $4
         RETURNING "offset"::float8 AS from, "offset"::float8 + length(bytes) AS to`,
        [commandId, stream, from, to],
      );
      const gaps = mergeGaps([...command.gaps, ...rows.map((row) => ({ stream, ...row }))]);
      await manager.query('UPDATE commands SET gaps = $2 WHERE id = $1', [
        commandId,
        JSON.stringify(gaps),
      ]);
      return rows.reduce((sum, row) => sum + row.to - row.from, 0);
    });
  }
}

/**
 * Output in the middle need not be on disk when the statement returns: if the database crashes, offset and
 * bytes are gone together, and the agent, which forgets nothing before the end, is asked again from the
 * offset that is left. The end is stored synchronously, and all before it with it.
 */
const UNHURRIED = `unhurried AS (SELECT set_config('synchronous_commit', 'off', true)), `;

type Use = (value: unknown) => string;

/** Ends a command by the agent's word. The agent still holds it: `forget_at` says when to acknowledge. */
function finishAssignments(result: CommandResult, use: Use): string {
  return `, status = 'finished', outcome = ${use(result.outcome)}, exit_code = ${use(result.exit_code)},
    signal = ${use(result.signal)}, reason = ${use(storable(result.reason))},
    output_incomplete = output_incomplete OR ${use(result.output_incomplete)},
    started_at = coalesce(${use(result.started_at)}, started_at),
    finished_at = ${use(result.finished_at)}, lease_owner = NULL, lease_until = NULL,
    forget_at = now() + interval '1 minute'`;
}

/** PostgreSQL's text holds every character but NUL; a reason is one sentence. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '').slice(0, 2000);
}

function insertPieces(pieces: readonly OutputPiece[], use: Use): string {
  if (pieces.length === 0) return '';
  const rows = pieces.map(
    ({ stream, offset, bytes }) =>
      `(${use(stream)}::text, ${use(offset)}::bigint, ${use(bytes)}::bytea)`,
  );
  return `, tail AS (
    INSERT INTO command_output (command_id, stream, "offset", bytes)
    SELECT head.id, piece.stream, piece.position, piece.bytes
      FROM head, (VALUES ${rows.join(', ')}) AS piece (stream, position, bytes)
  )`;
}

/** Sorts gaps and joins those that touch or overlap. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  const sorted = [...gaps].sort(
    (a, b) => a.stream.localeCompare(b.stream) || a.from - b.from || a.to - b.to,
  );
  for (const gap of sorted) {
    const last = merged.at(-1);
    if (last?.stream === gap.stream && gap.from <= last.to) {
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, gap.to) };
    } else {
      merged.push(gap);
    }
  }
  return merged;
}
