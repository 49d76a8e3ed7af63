import type { DataSource } from 'typeorm';
import { z } from 'zod';

const Rows = z.array(z.object({ check_value: z.instanceof(Uint8Array) }));

/**
 * What the database knows about the installation's keys: a check value per key, which tells the right key from a wrong one
 * and says nothing about it.
 */
export class InstallationKeys {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** The check value of the key this database belongs to; undefined before there is one. */
  async find(name: string): Promise<Buffer | undefined> {
    const rows = Rows.parse(
      await this.#dataSource.query('SELECT check_value FROM installation_keys WHERE name = $1', [
        name,
      ]),
    );
    return rows[0] === undefined ? undefined : Buffer.from(rows[0].check_value);
  }

  /** Records the check value unless there is one, and answers whichever holds now. */
  async claim(name: string, checkValue: Buffer): Promise<Buffer> {
    await this.#dataSource.query(
      'INSERT INTO installation_keys (name, check_value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
      [name, checkValue],
    );
    const held = await this.find(name);
    if (held === undefined) throw new Error(`the check value of ${name} vanished`);
    return held;
  }
}
