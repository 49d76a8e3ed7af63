import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Heartbeats of servers, and the managers that make them. */
export class Health1795200001080 implements MigrationInterface {
  readonly name = 'Health1795200001080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE manager_instances (
        id uuid PRIMARY KEY,
        started_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        network_lost_since timestamptz
      )
    `);
    await runner.query(`
      CREATE TABLE server_heartbeats (
        server_id uuid PRIMARY KEY REFERENCES servers (id) ON DELETE CASCADE,
        due_at timestamptz NOT NULL,
        asked_by uuid REFERENCES manager_instances (id) ON DELETE SET NULL,
        followed_by uuid REFERENCES manager_instances (id) ON DELETE SET NULL,
        answered_at timestamptz,
        failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
        latency_ms integer,
        clock_skew_ms bigint,
        figures jsonb,
        boot_id text,
        agent_started_at timestamptz,
        agent_restarts timestamptz[] NOT NULL DEFAULT '{}',
        repairs timestamptz[] NOT NULL DEFAULT '{}'
      )
    `);
    await runner.query('CREATE INDEX server_heartbeats_due ON server_heartbeats (due_at)');
    await runner.query(
      'CREATE INDEX server_heartbeats_asked_by ON server_heartbeats (asked_by) WHERE asked_by IS NOT NULL',
    );
    await runner.query(
      'CREATE INDEX server_heartbeats_followed_by ON server_heartbeats (followed_by) WHERE followed_by IS NOT NULL',
    );
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
