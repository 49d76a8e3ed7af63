import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Managed servers and the history of their status. */
export class Servers1795200001040 implements MigrationInterface {
  readonly name = 'Servers1795200001040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE servers (
        id uuid PRIMARY KEY,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        host text NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
        labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
        connection text NOT NULL CHECK (connection IN ('ssh', 'local', 'registered')),
        ssh_port integer CHECK (ssh_port BETWEEN 1 AND 65535),
        credential_id uuid REFERENCES credentials (id) ON DELETE RESTRICT,
        host_key_algorithm text,
        host_key_fingerprint text,
        jump_host jsonb,
        status text NOT NULL CHECK (status IN ('new', 'installing', 'online', 'degraded', 'offline',
          'install_failed', 'host_key_changed', 'certificate_changed', 'removing')),
        status_cause jsonb,
        status_since timestamptz NOT NULL,
        machine_id text,
        facts jsonb,
        vitals jsonb,
        agent_version text,
        last_heartbeat_at timestamptz,
        heartbeat_min_seconds integer CHECK (heartbeat_min_seconds BETWEEN 1 AND 3600),
        heartbeat_max_seconds integer CHECK (heartbeat_max_seconds BETWEEN 1 AND 3600),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT servers_ssh_login CHECK (
          (connection = 'ssh') = (ssh_port IS NOT NULL AND credential_id IS NOT NULL)
        ),
        CONSTRAINT servers_heartbeat_bounds CHECK (
          (heartbeat_min_seconds IS NULL) = (heartbeat_max_seconds IS NULL)
          AND heartbeat_min_seconds <= heartbeat_max_seconds
        )
      )
    `);
    await runner.query('CREATE UNIQUE INDEX servers_name ON servers (lower(name) COLLATE "C")');
    await runner.query(
      'CREATE UNIQUE INDEX servers_machine_id ON servers (machine_id) WHERE machine_id IS NOT NULL',
    );
    await runner.query('CREATE INDEX servers_status ON servers (status)');
    await runner.query('CREATE INDEX servers_labels ON servers USING gin (labels jsonb_path_ops)');
    await runner.query('CREATE INDEX servers_credential ON servers (credential_id)');
    await runner.query(`
      CREATE TABLE server_transitions (
        id uuid PRIMARY KEY,
        server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
        from_status text,
        to_status text NOT NULL,
        cause jsonb,
        at timestamptz NOT NULL
      )
    `);
    await runner.query(
      'CREATE INDEX server_transitions_by_server ON server_transitions (server_id, at, id)',
    );
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
