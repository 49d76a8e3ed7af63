import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { openTestDatabase } from '../../../test/support/test-database.ts';
import { Auth1795200001020 } from '../migrations/20261120T2020-auth.js';
import { AppError } from '../platform/errors/index.js';
import { networkOf } from './client-origin.js';
import { FREE_ATTEMPTS, LoginThrottle } from './login-throttle.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

/** Seconds that every wait lasts longer here: none is over on a slow machine before it is looked at. */
const LONGER = 600;

let dataSource: DataSource;
let throttle: LoginThrottle;

beforeEach(async () => {
  ({ dataSource } = await openTestDatabase({ migrations: [Auth1795200001020] }));
  throttle = new LoginThrottle(dataSource);
  await dataSource.query(
    `CREATE FUNCTION wait_longer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.blocked_until > NEW.last_at THEN
         NEW.blocked_until := NEW.blocked_until + make_interval(secs => ${LONGER});
       END IF;
       RETURN NEW;
     END $$;
     CREATE TRIGGER wait_longer BEFORE UPDATE OF failures ON login_attempts
       FOR EACH ROW EXECUTE FUNCTION wait_longer()`,
  );
});

/** Seconds to wait since the attempt before, or 0 when the attempt was let through. */
async function attempt(account: string, address: string): Promise<number> {
  try {
    await throttle.attempt(account, address);
    return 0;
  } catch (error) {
    // The refusal is what is measured here.
    if (!(error instanceof AppError)) throw error;
    const rows = await dataSource.query<{ wait: number }[]>(
      `SELECT round(extract(epoch FROM blocked_until - last_at))::int - ${LONGER} AS wait
         FROM login_attempts WHERE key IN ($1, $2) AND blocked_until > clock_timestamp()`,
      [`account:${account}`, `address:${networkOf(address)}`],
    );
    expect(rows).toHaveLength(1);
    const wait = rows[0]?.wait ?? NaN;
    // What is left of it is what the caller is told.
    expect(error.facts.retry_after_seconds).toBeLessThanOrEqual(wait + LONGER);
    expect(error.facts.retry_after_seconds).toBeGreaterThan(wait + LONGER - 60);
    return wait;
  }
}

/** Lets `seconds` pass. */
async function pass(seconds: number): Promise<void> {
  await dataSource.query(
    `UPDATE login_attempts SET last_at = last_at - make_interval(secs => $1),
       blocked_until = blocked_until - make_interval(secs => $1)`,
    [seconds],
  );
}

function succeed(account: string, address: string): Promise<void> {
  return dataSource.transaction((manager) => throttle.succeeded(manager, account, address));
}

describe('LoginThrottle', () => {
  it('lets five attempts on an account through, then doubles the wait each time', async () => {
    const free: number[] = [];
    for (let index = 0; index < FREE_ATTEMPTS.account; index += 1) {
      free.push(await attempt('ada', `192.0.2.${index}`));
    }
    const waits: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      const wait = await attempt('ada', `198.51.100.${index}`);
      waits.push(wait);
      await pass(LONGER + wait);
      expect(await attempt('ada', `203.0.113.${index}`)).toBe(0);
    }

    expect(free).toEqual([0, 0, 0, 0, 0]);
    expect(waits).toEqual([1, 2, 4, 8, 16]);
  });

  it('never waits longer than a quarter of an hour', async () => {
    await attempt('ada', '192.0.2.1');
    await dataSource.query('UPDATE login_attempts SET failures = 1000000');
    await attempt('ada', '192.0.2.1');

    expect(await attempt('ada', '198.51.100.1')).toBe(900);
  });

  it('lets exactly five of 30 parallel attempts through', async () => {
    const waits = await Promise.all(
      Array.from({ length: 30 }, (_, index) => attempt('ada', `192.0.2.${index}`)),
    );

    expect(waits.filter((wait) => wait === 0)).toHaveLength(FREE_ATTEMPTS.account);
  });

  it('counts an address over all accounts', async () => {
    const waits: number[] = [];
    for (let index = 0; index <= FREE_ATTEMPTS.address; index += 1) {
      waits.push(await attempt(`user${index}`, '192.0.2.1'));
    }

    expect(waits.filter((wait) => wait > 0)).toEqual([1]);
    expect(await attempt('user0', '192.0.2.2')).toBe(0);
  });

  it('counts a whole IPv6 network as one address', async () => {
    const waits: number[] = [];
    for (let index = 0; index <= FREE_ATTEMPTS.address; index += 1) {
      waits.push(await attempt(`user${index}`, `2001:db8::${index + 1}`));
    }

    expect(waits.filter((wait) => wait > 0)).toEqual([1]);
  });

  it('starts an account anew after a success, and leaves others as they are', async () => {
    for (let index = 0; index < 4; index += 1) {
      await attempt('ada', '192.0.2.1');
      await attempt('bob', '192.0.2.2');
    }
    await succeed('ada', '192.0.2.1');
    const free: number[] = [];
    for (let index = 0; index < 5; index += 1) free.push(await attempt('ada', '192.0.2.1'));

    expect(free).toEqual([0, 0, 0, 0, 0]);
    await attempt('bob', '192.0.2.2');
    expect(await attempt('bob', '192.0.2.2')).toBe(1);
  });

  it('does not let an address buy guesses with logins of its own', async () => {
    for (let index = 0; index < FREE_ATTEMPTS.address - 1; index += 1) {
      await attempt(`victim${index}`, '192.0.2.1');
      await attempt('own', '192.0.2.1');
      await succeed('own', '192.0.2.1');
    }
    await attempt('victim', '192.0.2.1');

    expect(await attempt('another', '192.0.2.1')).toBeGreaterThan(0);
  });

  it('forgets after an hour', async () => {
    for (let index = 0; index < 5; index += 1) await attempt('ada', `192.0.2.${index}`);
    await pass(3601);

    expect(await attempt('ada', '192.0.2.1')).toBe(0);
    expect(await attempt('ada', '192.0.2.1')).toBe(0);
    await succeed('someone', '203.0.113.1');
    await pass(3601);
    await succeed('someone', '203.0.113.1');
    expect(await dataSource.query('SELECT key FROM login_attempts')).toEqual([]);
  });
});
