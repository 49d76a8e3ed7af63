import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The same operation on many servers, a few at a time. */
export class Batches1795300001000 implements MigrationInterface {
  readonly name = 'Batches1795300001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operation_batches (
        id uuid PRIMARY KEY,
        limit_parallel integer NOT NULL CHECK (limit_parallel > 0),
        stop_on_failure boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )
    `);
    await runner.query(
      'ALTER TABLE operations ADD COLUMN batch_id uuid REFERENCES operation_batches (id)',
    );
    await runner.query(
      'CREATE INDEX operations_by_batch ON operations (batch_id, id) WHERE batch_id IS NOT NULL',
    );
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
