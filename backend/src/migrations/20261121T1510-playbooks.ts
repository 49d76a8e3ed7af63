import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Playbooks with their versions, and runs of them. */
export class Playbooks1795300001010 implements MigrationInterface {
  readonly name = 'Playbooks1795300001010';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(table);
    for (const index of INDEXES) await runner.query(index);
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const TABLES = [
  `CREATE TABLE playbooks (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    latest_version integer NOT NULL CHECK (latest_version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE TABLE playbook_versions (
    playbook_id uuid NOT NULL REFERENCES playbooks (id) ON DELETE CASCADE,
    version integer NOT NULL CHECK (version > 0),
    content text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    note text NOT NULL,
    variables jsonb NOT NULL,
    secret_defaults jsonb NOT NULL DEFAULT '[]',
    secret_defaults_sealed bytea,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'checking', 'usable', 'invalid')),
    check_operation_id uuid,
    check_server_id uuid,
    check_message text,
    checked_at timestamptz,
    author jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (playbook_id, version),
    CONSTRAINT playbook_versions_check CHECK (state = 'draft' OR check_operation_id IS NOT NULL)
  )`,
  `CREATE TABLE playbook_runs (
    id uuid PRIMARY KEY,
    playbook_id uuid REFERENCES playbooks (id) ON DELETE SET NULL,
    playbook_name text NOT NULL,
    playbook_version integer,
    playbook_sha256 text NOT NULL,
    selector jsonb NOT NULL,
    options jsonb NOT NULL,
    given jsonb NOT NULL,
    extra_vars jsonb NOT NULL,
    secret_names jsonb NOT NULL,
    secrets_sealed bytea,
    batch_id uuid,
    retry_of uuid REFERENCES playbook_runs (id) ON DELETE SET NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE playbook_run_servers (
    run_id uuid NOT NULL REFERENCES playbook_runs (id) ON DELETE CASCADE,
    server_id uuid NOT NULL,
    server_name text NOT NULL,
    operation_id uuid NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    outcome text CHECK (outcome IN ('succeeded', 'failed', 'timed_out', 'cancelled', 'rejected', 'lost')),
    exit_code integer,
    recap jsonb,
    current_task jsonb,
    task_seq integer NOT NULL DEFAULT 0,
    tasks_dropped integer NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, server_id)
  )`,
  `CREATE TABLE playbook_task_results (
    run_id uuid NOT NULL,
    server_id uuid NOT NULL,
    seq integer NOT NULL,
    digest bytea NOT NULL,
    task_id text NOT NULL,
    task text NOT NULL,
    role text,
    play text NOT NULL,
    action text NOT NULL,
    item text,
    status text NOT NULL CHECK (status IN ('ok', 'changed', 'failed', 'skipped', 'unreachable')),
    ignored boolean NOT NULL,
    duration_ms integer NOT NULL CHECK (duration_ms >= 0),
    message text,
    diff text,
    at timestamptz NOT NULL,
    PRIMARY KEY (run_id, server_id, seq),
    FOREIGN KEY (run_id, server_id) REFERENCES playbook_run_servers (run_id, server_id) ON DELETE CASCADE
  )`,
];

const INDEXES = [
  'CREATE UNIQUE INDEX playbooks_name ON playbooks (lower(name))',
  `CREATE INDEX playbook_versions_usable ON playbook_versions (playbook_id, version) WHERE state = 'usable'`,
  'CREATE INDEX playbook_runs_newest ON playbook_runs (created_at, id)',
  'CREATE INDEX playbook_runs_by_playbook ON playbook_runs (playbook_name, created_at, id)',
  'CREATE INDEX playbook_runs_by_playbook_id ON playbook_runs (playbook_id) WHERE playbook_id IS NOT NULL',
  'CREATE INDEX playbook_runs_retries ON playbook_runs (retry_of) WHERE retry_of IS NOT NULL',
  `CREATE UNIQUE INDEX playbook_runs_idempotency
     ON playbook_runs (actor_kind, actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL`,
  'CREATE UNIQUE INDEX playbook_run_servers_operation ON playbook_run_servers (operation_id)',
  'CREATE INDEX playbook_run_servers_by_server ON playbook_run_servers (server_id)',
  'CREATE UNIQUE INDEX playbook_task_results_once ON playbook_task_results (run_id, server_id, digest)',
];
