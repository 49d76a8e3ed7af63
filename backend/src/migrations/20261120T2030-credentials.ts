import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stored SSH logins; secret columns are sealed. */
export class Credentials1795200001030 implements MigrationInterface {
  readonly name = 'Credentials1795200001030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credentials (
        id uuid PRIMARY KEY,
        username text NOT NULL CHECK (length(username) BETWEEN 1 AND 128),
        auth_type text NOT NULL CHECK (auth_type IN ('password', 'private_key')),
        password bytea,
        private_key bytea,
        passphrase bytea,
        sudo_password bytea,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT credentials_secret CHECK (
          (auth_type = 'password') = (password IS NOT NULL)
          AND (auth_type = 'private_key') = (private_key IS NOT NULL)
          AND (passphrase IS NULL OR private_key IS NOT NULL)
        )
      )`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
