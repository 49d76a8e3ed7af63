import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Check values of the installation's keys: a start with a wrong or missing key is refused. */
export class InstallationKeys1795200001000 implements MigrationInterface {
  readonly name = 'InstallationKeys1795200001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation_keys (
        name text PRIMARY KEY,
        check_value bytea NOT NULL CHECK (octet_length(check_value) = 32),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
