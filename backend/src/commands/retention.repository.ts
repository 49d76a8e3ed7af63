import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Rows removed in one statement, so that no lock is held long. */
const BATCH = 500;

/** Removes commands, runs and inputs after their time. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Removes commands that ended more than `days` ago, with their output; answers how many. */
  async removeOld(days: number): Promise<number> {
    const removed = await this.removeInBatches(
      `DELETE FROM commands WHERE id IN (
         SELECT id FROM commands WHERE finished_at < now() - $1 * interval '1 day'
          ORDER BY finished_at LIMIT ${BATCH})`,
      days,
    );
    await this.removeInBatches(
      `DELETE FROM command_runs WHERE id IN (
         SELECT id FROM command_runs WHERE created_at < now() - $1 * interval '1 day'
            AND NOT EXISTS (SELECT FROM commands WHERE commands.run_id = command_runs.id)
          LIMIT ${BATCH})`,
      days,
    );
    // A day later: nothing refers to an input while the transaction that adds it is open.
    await this.removeInBatches(
      `DELETE FROM command_inputs WHERE id IN (
         SELECT id FROM command_inputs WHERE created_at < now() - ($1 + 1) * interval '1 day'
            AND NOT EXISTS (SELECT FROM commands WHERE commands.input_id = command_inputs.id)
            AND NOT EXISTS (SELECT FROM command_runs WHERE command_runs.input_id = command_inputs.id)
          LIMIT ${BATCH})`,
      days,
    );
    return removed;
  }

  private async removeInBatches(statement: string, days: number): Promise<number> {
    let total = 0;
    for (;;) {
      const [, count] = await this.dataSource.query<[unknown, number]>(statement, [days]);
      total += count;
      if (count < BATCH) return total;
    }
  }
}
