import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, their sessions, API tokens, the one-time setup code, and the throttle of logins. */
export class Auth1795200001020 implements MigrationInterface {
  readonly name = 'Auth1795200001020';

  async up(runner: QueryRunner): Promise<void> {
    await createUsers(runner);
    await createApiTokens(runner);
    await createSetupAndThrottle(runner);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}

async function createUsers(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE users (
      id uuid PRIMARY KEY,
      login text NOT NULL CHECK (length(login) BETWEEN 1 AND 64 AND login = lower(login)),
      password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
      role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
      disabled boolean NOT NULL DEFAULT false,
      created_at timestamptz(3) NOT NULL,
      last_login_at timestamptz,
      CONSTRAINT users_login UNIQUE (login)
    )`);
  await runner.query(`CREATE INDEX users_created ON users (created_at, id)`);
  await runner.query(`
    CREATE TABLE sessions (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
      user_agent text,
      address text,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_seen_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`);
  await runner.query(`CREATE INDEX sessions_user ON sessions (user_id, created_at, id)`);
  await runner.query(`CREATE INDEX sessions_expires ON sessions (expires_at)`);
}

async function createApiTokens(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE api_tokens (
      id uuid PRIMARY KEY,
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      prefix text NOT NULL CHECK (length(prefix) = 8),
      secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
      role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
      owner_id uuid REFERENCES users (id) ON DELETE RESTRICT,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      last_used_at timestamptz,
      revoked_at timestamptz
    )`);
  await runner.query(
    `CREATE UNIQUE INDEX api_tokens_name ON api_tokens (lower(name)) WHERE revoked_at IS NULL`,
  );
  await runner.query(`CREATE INDEX api_tokens_owner ON api_tokens (owner_id)`);
  await runner.query(`CREATE INDEX api_tokens_created ON api_tokens (created_at, id)`);
}

async function createSetupAndThrottle(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE setup_code (
      only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
      code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
      expires_at timestamptz NOT NULL,
      failures integer NOT NULL DEFAULT 0
    )`);
  await runner.query(`
    CREATE TABLE login_attempts (
      key text PRIMARY KEY,
      failures integer NOT NULL,
      last_at timestamptz NOT NULL,
      blocked_until timestamptz NOT NULL
    )`);
  await runner.query(`CREATE INDEX login_attempts_last ON login_attempts (last_at)`);
}
