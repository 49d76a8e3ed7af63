import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { AppError } from '../platform/errors/index.js';
import { TOO_MANY_ATTEMPTS } from './auth.errors.js';
import { networkOf } from './client-origin.js';

/** Attempts that are free before the first wait; after them 1, 2, 4 ... seconds. An address may be an office; an account is one person. */
export const FREE_ATTEMPTS = { account: 5, address: 20 } as const;

/** Longest wait, in seconds. */
const LONGEST_WAIT = 900;
/** Seconds without an attempt after which the count starts anew. */
const FORGET_AFTER = 3600;

type Kind = keyof typeof FREE_ATTEMPTS;

/**
 * Slows down guessing of passwords, per account and per address, counted in the database so that restarts
 * and further manager instances change nothing. An attempt is counted before the password is looked at:
 * parallel attempts cannot slip through together.
 */
@Injectable()
export class LoginThrottle {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Counts an attempt to sign in to `account` from `address`.
   *
   * @throws AppError too_many_attempts with `retry_after_seconds`; then nothing was counted for the key
   *   that is blocked.
   */
  async attempt(account: string, address: string | null): Promise<void> {
    await this.count('address', networkOf(address));
    await this.count('account', account);
  }

  /** Takes back an attempt that turned out right: the account starts anew, the address gets one back. */
  async succeeded(manager: EntityManager, account: string, address: string | null): Promise<void> {
    await this.forgive(manager, account);
    await manager.query(
      `UPDATE login_attempts SET failures = greatest(failures - 1, 0), blocked_until = '-infinity'
        WHERE key = $1`,
      [keyOf('address', networkOf(address))],
    );
    await manager.query(
      'DELETE FROM login_attempts WHERE last_at < clock_timestamp() - make_interval(secs => $1)',
      [FORGET_AFTER],
    );
  }

  /** Forgets the attempts on an account: somebody in charge gave it a new password. */
  async forgive(manager: EntityManager, account: string): Promise<void> {
    await manager.query('DELETE FROM login_attempts WHERE key = $1', [keyOf('account', account)]);
  }

  private async count(kind: Kind, name: string): Promise<void> {
    const key = keyOf(kind, name);
    const free = FREE_ATTEMPTS[kind];
    // The condition of the update is judged under the row's lock: parallel attempts take turns.
    const rows = await this.dataSource.query<{ failures: number }[]>(
      `INSERT INTO login_attempts AS a (key, failures, last_at, blocked_until)
       VALUES ($1, 1, clock_timestamp(), '-infinity')
       ON CONFLICT (key) DO UPDATE SET
         failures = CASE WHEN a.last_at < clock_timestamp() - make_interval(secs => $3) THEN 1
                         ELSE a.failures + 1 END,
         blocked_until = CASE
           WHEN a.last_at < clock_timestamp() - make_interval(secs => $3) OR a.failures + 1 < $2
             THEN '-infinity'::timestamptz
           ELSE clock_timestamp()
             + make_interval(secs => least(power(2, least(a.failures + 1 - $2, 20)), $4)) END,
         last_at = clock_timestamp()
       WHERE a.blocked_until <= clock_timestamp()
       RETURNING a.failures`,
      [key, free, FORGET_AFTER, LONGEST_WAIT],
    );
    if (rows.length === 0) throw await this.blocked(kind, key);
  }

  private async blocked(kind: Kind, key: string): Promise<AppError> {
    const [row] = await this.dataSource.query<{ seconds: number }[]>(
      `SELECT ceil(extract(epoch FROM blocked_until - clock_timestamp()))::int AS seconds
         FROM login_attempts WHERE key = $1 AND blocked_until > clock_timestamp()`,
      [key],
    );
    const seconds = Math.max(1, row?.seconds ?? 1);
    const whose = kind === 'account' ? 'for this login' : 'from this address';
    return new AppError(
      TOO_MANY_ATTEMPTS,
      `There were too many wrong attempts ${whose}. Try again in ${seconds} s.`,
      { retry_after_seconds: seconds },
    );
  }
}

function keyOf(kind: Kind, name: string): string {
  return `${kind}:${name}`;
}
