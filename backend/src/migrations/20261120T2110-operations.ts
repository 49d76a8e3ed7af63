import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Long jobs on servers, their steps and their logs. */
export class Operations1795200001060 implements MigrationInterface {
  readonly name = 'Operations1795200001060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operations (
        id uuid PRIMARY KEY,
        type text NOT NULL,
        server_id uuid REFERENCES servers (id) ON DELETE SET NULL,
        server_name text NOT NULL,
        params jsonb NOT NULL,
        memory jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled',
          'cleanup_pending')),
        direction text NOT NULL DEFAULT 'forward' CHECK (direction IN ('forward', 'backward')),
        error jsonb,
        leftovers jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(leftovers) = 'array'),
        cancel_requested_at timestamptz,
        lease_owner text,
        lease_until timestamptz,
        epoch integer NOT NULL DEFAULT 0,
        attempt integer NOT NULL DEFAULT 1,
        cleanup_attempts integer NOT NULL DEFAULT 0,
        cleanup_after timestamptz,
        log_seq integer NOT NULL DEFAULT 0,
        actor jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        CONSTRAINT operations_lease CHECK (
          (state = 'running') = (lease_owner IS NOT NULL AND lease_until IS NOT NULL)
        ),
        CONSTRAINT operations_finished CHECK (
          (finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled', 'cleanup_pending'))
        )
      )
    `);
    await runner.query(
      `CREATE UNIQUE INDEX operations_one_per_server ON operations (server_id) WHERE state = 'running'`,
    );
    await runner.query(
      `CREATE INDEX operations_open ON operations (id)
         WHERE state IN ('pending', 'running', 'cleanup_pending')`,
    );
    await runner.query('CREATE INDEX operations_by_server ON operations (server_id, id)');
    await runner.query('CREATE INDEX operations_by_type ON operations (type, id)');
    await runner.query('CREATE INDEX operations_by_state ON operations (state, id)');
    await runner.query(`
      CREATE TABLE operation_steps (
        operation_id uuid NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
        position integer NOT NULL CHECK (position >= 0),
        name text NOT NULL,
        title text NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'running', 'succeeded', 'skipped', 'failed',
          'undone', 'undo_failed')),
        progress_done bigint,
        progress_total bigint,
        progress_unit text,
        error jsonb,
        started_at timestamptz,
        finished_at timestamptz,
        PRIMARY KEY (operation_id, position)
      )
    `);
    await runner.query(`
      CREATE TABLE operation_log (
        operation_id uuid NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
        seq integer NOT NULL CHECK (seq > 0),
        step text,
        at timestamptz NOT NULL,
        level text NOT NULL CHECK (level IN ('info', 'warning', 'error')),
        line text NOT NULL CHECK (length(line) <= 4096),
        PRIMARY KEY (operation_id, seq)
      )
    `);
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
