import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Identities of agents. */
export class Agents1795200001050 implements MigrationInterface {
  readonly name = 'Agents1795200001050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agents (
        server_id uuid PRIMARY KEY REFERENCES servers (id) ON DELETE CASCADE,
        origin text NOT NULL CHECK (origin IN ('assigned', 'adopted')),
        rpc_port integer NOT NULL CHECK (rpc_port BETWEEN 1 AND 65535),
        rpc_path text NOT NULL CHECK (rpc_path ~ '^[a-z0-9]{16,32}$'),
        token_sealed bytea NOT NULL,
        secret_key_sealed bytea NOT NULL,
        certificate_fingerprint text CHECK (certificate_fingerprint ~ '^[0-9a-f]{64}$'),
        certificate_pem text,
        state_epoch text,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT agents_certificate CHECK (
          (certificate_fingerprint IS NULL) = (certificate_pem IS NULL)
        )
      )
    `);
    // A registered agent keeps the port it has, also when an assigned one uses the same on another host.
    await runner.query(
      `CREATE UNIQUE INDEX agents_assigned_port ON agents (rpc_port) WHERE origin = 'assigned'`,
    );
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
