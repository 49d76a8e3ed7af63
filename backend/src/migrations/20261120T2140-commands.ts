import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Commands, runs and output. */
export class Commands1795200001070 implements MigrationInterface {
  readonly name = 'Commands1795200001070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE command_inputs (
        id uuid PRIMARY KEY,
        script text,
        secrets_sealed bytea,
        created_at timestamptz NOT NULL
      )
    `);
    await runner.query(`
      CREATE TABLE command_runs (
        id uuid PRIMARY KEY,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        request jsonb NOT NULL,
        selector jsonb NOT NULL,
        input_id uuid REFERENCES command_inputs (id) ON DELETE RESTRICT,
        idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
        created_at timestamptz NOT NULL
      )
    `);
    await runner.query('CREATE INDEX command_runs_newest ON command_runs (created_at, id)');
    await runner.query('CREATE INDEX command_runs_input ON command_runs (input_id)');
    await runner.query(`
      CREATE UNIQUE INDEX command_runs_idempotency
        ON command_runs (actor_kind, actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL
    `);
    await runner.query(COMMANDS);
    for (const index of COMMAND_INDEXES) await runner.query(index);
    await runner.query(`
      CREATE TABLE command_output (
        command_id uuid NOT NULL REFERENCES commands (id) ON DELETE CASCADE,
        stream text NOT NULL CHECK (stream IN ('stdout', 'stderr')),
        "offset" bigint NOT NULL CHECK ("offset" >= 0),
        bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 262144),
        PRIMARY KEY (command_id, stream, "offset")
      )
    `);
    // Compressing output on its way in would cost more than the disk it saves.
    await runner.query('ALTER TABLE command_output ALTER COLUMN bytes SET STORAGE EXTERNAL');
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const COMMANDS = `
  CREATE TABLE commands (
    id uuid PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    run_id uuid REFERENCES command_runs (id) ON DELETE CASCADE,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    request jsonb NOT NULL,
    input_id uuid REFERENCES command_inputs (id) ON DELETE RESTRICT,
    idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    status text NOT NULL CHECK (status IN ('queued', 'starting', 'running', 'cancelling', 'finished')),
    outcome text CHECK (outcome IN ('succeeded', 'failed', 'timed_out', 'cancelled', 'rejected', 'lost')),
    exit_code integer CHECK (exit_code BETWEEN 0 AND 255),
    signal text,
    reason text,
    output_incomplete boolean NOT NULL DEFAULT false,
    stdout_bytes bigint NOT NULL DEFAULT 0 CHECK (stdout_bytes >= 0),
    stderr_bytes bigint NOT NULL DEFAULT 0 CHECK (stderr_bytes >= 0),
    gaps jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    not_before timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    sent_at timestamptz,
    agent_epoch text,
    cancel_grace_ms integer CHECK (cancel_grace_ms BETWEEN 0 AND 60000),
    unreachable_since timestamptz,
    unreachable_cause jsonb,
    lease_owner uuid,
    lease_until timestamptz,
    epoch integer NOT NULL DEFAULT 0,
    forget_at timestamptz,
    CONSTRAINT commands_outcome CHECK ((status = 'finished') = (outcome IS NOT NULL)),
    CONSTRAINT commands_finished_at CHECK ((status = 'finished') = (finished_at IS NOT NULL)),
    CONSTRAINT commands_lease CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
  )
`;

const COMMAND_INDEXES = [
  'CREATE INDEX commands_newest ON commands (created_at, id)',
  'CREATE INDEX commands_by_server ON commands (server_id, created_at, id)',
  'CREATE INDEX commands_by_actor ON commands (actor_id, created_at, id)',
  'CREATE INDEX commands_by_outcome ON commands (outcome, created_at, id)',
  'CREATE INDEX commands_by_run ON commands (run_id) WHERE run_id IS NOT NULL',
  'CREATE INDEX commands_by_input ON commands (input_id) WHERE input_id IS NOT NULL',
  `CREATE INDEX commands_unfinished ON commands (server_id, created_at, id) WHERE status <> 'finished'`,
  'CREATE INDEX commands_finished ON commands (finished_at) WHERE finished_at IS NOT NULL',
  'CREATE INDEX commands_to_forget ON commands (forget_at) WHERE forget_at IS NOT NULL',
  `CREATE UNIQUE INDEX commands_idempotency
     ON commands (actor_kind, actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL`,
];
