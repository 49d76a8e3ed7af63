import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

/** What is stored of the setup code. */
export interface StoredSetupCode {
  readonly codeHash: Buffer;
  /** Wrong codes given since it was made. */
  readonly failures: number;
}

/** SQL of the one setup code. */
@Injectable()
export class SetupCodeRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a code for 24 hours in place of the one before. */
  async replace(codeHash: Buffer): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO setup_code (code_hash, expires_at) VALUES ($1, now() + interval '24 hours')
       ON CONFLICT (only_one) DO UPDATE
         SET code_hash = excluded.code_hash, expires_at = excluded.expires_at, failures = 0`,
      [codeHash],
    );
  }

  /** The code, or null when there is none or it has expired. */
  async find(manager: EntityManager): Promise<StoredSetupCode | null> {
    const [row] = await manager.query<StoredSetupCode[]>(
      `SELECT code_hash AS "codeHash", failures FROM setup_code WHERE expires_at > now()`,
    );
    return row ?? null;
  }

  /** Counts a wrong code. */
  async countFailure(manager: EntityManager): Promise<void> {
    await manager.query('UPDATE setup_code SET failures = failures + 1');
  }

  /** Removes the code: it was used. */
  async remove(manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM setup_code');
  }
}
