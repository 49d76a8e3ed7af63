import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Services that the manager has put on servers, and the versions of their configurations. */
export class Deployments1795300001020 implements MigrationInterface {
  readonly name = 'Deployments1795300001020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deployments (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('planned', 'applying', 'healthy', 'degraded', 'rolled_back',
          'failed', 'drifted', 'uninstalling')),
        state_since timestamptz NOT NULL DEFAULT now(),
        resting_state text NOT NULL,
        error jsonb,
        differences jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(differences) = 'array'),
        desired_version integer NOT NULL CHECK (desired_version > 0),
        applied_version integer,
        operation_id uuid,
        is_busy boolean NOT NULL DEFAULT false,
        has_begun boolean NOT NULL DEFAULT false,
        seed_sealed bytea NOT NULL,
        last_check_at timestamptz,
        next_check_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT deployments_one_per_kind UNIQUE (server_id, kind)
      )
    `);
    await runner.query('CREATE INDEX deployments_by_kind ON deployments (kind, id)');
    await runner.query('CREATE INDEX deployments_due ON deployments (next_check_at)');
    await runner.query(`
      CREATE TABLE deployment_versions (
        id uuid PRIMARY KEY,
        deployment_id uuid NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
        number integer NOT NULL CHECK (number > 0),
        config jsonb NOT NULL,
        secrets_sealed bytea,
        note text,
        copied_from integer,
        actor jsonb NOT NULL,
        outcome text CHECK (outcome IN ('healthy', 'rolled_back', 'failed', 'degraded')),
        applied_at timestamptz,
        manifest jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT deployment_versions_number UNIQUE (deployment_id, number)
      )
    `);
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
