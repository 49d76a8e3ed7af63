import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What servers' figures were within the last hour. */
export class Samples1795300001040 implements MigrationInterface {
  readonly name = 'Samples1795300001040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE server_samples (
        server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
        at timestamptz NOT NULL,
        cpu_percent real,
        memory_used_percent real,
        load_1 real NOT NULL,
        network_received_bytes bigint NOT NULL,
        network_sent_bytes bigint NOT NULL,
        PRIMARY KEY (server_id, at)
      )
    `);
  }

  down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
