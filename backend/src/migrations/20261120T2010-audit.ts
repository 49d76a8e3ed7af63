import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit log: events and the hash chain over them, both append-only. A deferred trigger links an event
 * as the last act of its transaction, so the lock that orders the links is held for the commit alone.
 */
export class Audit1795200001010 implements MigrationInterface {
  readonly name = 'Audit1795200001010';

  async up(runner: QueryRunner): Promise<void> {
    await createTables(runner);
    await createChain(runner);
    await forbidChanges(runner);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}

async function createTables(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE audit_events (
      id uuid PRIMARY KEY,
      at timestamptz NOT NULL,
      actor_kind text NOT NULL
        CHECK (actor_kind IN ('user', 'token', 'cli', 'system', 'anonymous')),
      actor_id text NOT NULL,
      actor_name text NOT NULL,
      actor_role text NOT NULL,
      address text,
      correlation_id text NOT NULL,
      action text NOT NULL CHECK (action <> ''),
      object_type text,
      object_id text,
      object_name text,
      outcome text NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
      details jsonb NOT NULL CHECK (jsonb_typeof(details) = 'object'),
      digest bytea NOT NULL CHECK (octet_length(digest) = 32),
      CHECK ((object_type IS NULL) = (object_id IS NULL))
    )`);
  await runner.query(`
    CREATE TABLE audit_chain (
      seq bigint PRIMARY KEY CHECK (seq > 0),
      event_id uuid NOT NULL UNIQUE REFERENCES audit_events (id) ON DELETE RESTRICT,
      hash bytea NOT NULL CHECK (octet_length(hash) = 32)
    )`);
  await runner.query(`CREATE INDEX audit_events_at ON audit_events (at, id)`);
  await runner.query(`CREATE INDEX audit_events_actor ON audit_events (actor_id, at, id)`);
  await runner.query(`CREATE INDEX audit_events_actor_name ON audit_events (actor_name, at, id)`);
  await runner.query(`CREATE INDEX audit_events_action ON audit_events (action, at, id)`);
  await runner.query(
    `CREATE INDEX audit_events_object ON audit_events (object_type, object_id, at, id)`,
  );
  await runner.query(`CREATE INDEX audit_events_object_id ON audit_events (object_id, at, id)`);
  await runner.query(`CREATE INDEX audit_events_outcome ON audit_events (outcome, at, id)`);
  await runner.query(`CREATE INDEX audit_events_correlation ON audit_events (correlation_id)`);
}

async function createChain(runner: QueryRunner): Promise<void> {
  // The advisory lock's number is arbitrary and used nowhere else. READ COMMITTED gives the SELECT
  // behind the lock a snapshot of its own, so it sees the link of the transaction that went before.
  await runner.query(`
    CREATE FUNCTION audit_extend_chain() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE
      last_seq bigint;
      last_hash bytea;
    BEGIN
      PERFORM pg_advisory_xact_lock(4915243907610213);
      SELECT seq, hash INTO last_seq, last_hash FROM audit_chain ORDER BY seq DESC LIMIT 1;
      INSERT INTO audit_chain (seq, event_id, hash)
      VALUES (
        coalesce(last_seq, 0) + 1,
        NEW.id,
        sha256(coalesce(last_hash, decode(repeat('00', 32), 'hex')) || NEW.digest)
      );
      RETURN NULL;
    END
    $body$`);
  await runner.query(`
    CREATE CONSTRAINT TRIGGER audit_events_chain
      AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION audit_extend_chain()`);
}

async function forbidChanges(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
    END
    $body$`);
  for (const table of ['audit_events', 'audit_chain']) {
    await runner.query(`
      CREATE TRIGGER ${table}_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()`);
  }
}
