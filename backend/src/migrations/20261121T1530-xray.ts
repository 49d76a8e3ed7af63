import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Traffic of Xray clients, and the tokens of their subscriptions. */
export class Xray1795300001030 implements MigrationInterface {
  readonly name = 'Xray1795300001030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE xray_traffic (
        deployment_id uuid NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        epoch text NOT NULL,
        uplink bigint NOT NULL CHECK (uplink >= 0),
        downlink bigint NOT NULL CHECK (downlink >= 0),
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (deployment_id, client_id, epoch)
      )
    `);
    await runner.query(`
      CREATE TABLE xray_folded_epochs (
        deployment_id uuid NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
        epoch text NOT NULL,
        PRIMARY KEY (deployment_id, epoch)
      )
    `);
    await runner.query(`
      CREATE TABLE xray_readings (
        deployment_id uuid PRIMARY KEY REFERENCES deployments (id) ON DELETE CASCADE,
        due_at timestamptz NOT NULL,
        read_at timestamptz,
        problem text
      )
    `);
    await runner.query(`
      CREATE TABLE xray_subscriptions (
        deployment_id uuid NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        token_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        PRIMARY KEY (deployment_id, client_id)
      )
    `);
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
