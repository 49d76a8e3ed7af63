import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { openTestDatabase } from '../../../../test/support/test-database.ts';
import { MIGRATIONS } from '../../migrations/index.js';
import type { TrafficReading } from './traffic-reading.js';
import { TrafficRepository } from './traffic.repository.js';

jest.setTimeout(180_000);

let dataSource: DataSource;
let traffic: TrafficRepository;
let serverId: string;

beforeAll(async () => {
  ({ dataSource } = await openTestDatabase({ migrations: MIGRATIONS }));
  traffic = new TrafficRepository(dataSource);
  serverId = await aServer();
});

async function aServer(): Promise<string> {
  const id = randomUUID();
  await dataSource.query(
    `INSERT INTO servers (id, name, host, labels, connection, status, status_since, created_at, updated_at)
     VALUES ($1, 'traffic', '192.0.2.1', '{}', 'registered', 'online', now(), now(), now())`,
    [id],
  );
  return id;
}

/** A deployment of a kind of its own: a server has one of each. */
async function aDeployment(kind = `k${randomBytes(6).toString('hex')}`): Promise<string> {
  const id = randomUUID();
  await dataSource.query(
    `INSERT INTO deployments (id, kind, server_id, state, state_since, resting_state, differences,
                              desired_version, is_busy, has_begun, seed_sealed, next_check_at,
                              created_at, updated_at)
     VALUES ($1, $2, $3, 'healthy', now(), 'healthy', '[]', 1, false, false, '', now(), now(), now())`,
    [id, kind, serverId],
  );
  return id;
}

function merge(id: string, ...readings: readonly TrafficReading[]): Promise<void> {
  return dataSource.transaction((manager) => traffic.merge(manager, id, readings));
}

function fold(id: string, quietHours: number): Promise<void> {
  return dataSource.transaction((manager) => traffic.fold(manager, id, quietHours));
}

function reading(epoch: number, uplink: number, downlink = uplink, clientId = 'a'): TrafficReading {
  return {
    epoch: epoch.toString(16).padStart(32, '0'),
    counters: [{ clientId, uplink: BigInt(uplink), downlink: BigInt(downlink) }],
  };
}

async function totalOf(id: string, clientId = 'a'): Promise<bigint> {
  return (await traffic.totals(id)).get(clientId)?.uplink ?? 0n;
}

/** Lets everything that is stored look as if it was read so many hours earlier. */
async function age(id: string, epoch: number, hours: number): Promise<void> {
  await dataSource.query(
    `UPDATE xray_traffic SET seen_at = seen_at - make_interval(hours => $3)
      WHERE deployment_id = $1 AND epoch = $2`,
    [id, epoch.toString(16).padStart(32, '0'), hours],
  );
}

describe('TrafficRepository', () => {
  it('adds up what the starts of Xray counted, by client', async () => {
    const id = await aDeployment();

    await merge(id, reading(1, 100, 7), reading(2, 50, 3), reading(2, 9, 9, 'b'));

    expect(await traffic.totals(id)).toEqual(
      new Map([
        ['a', { uplink: 150n, downlink: 10n }],
        ['b', { uplink: 9n, downlink: 9n }],
      ]),
    );
  });

  /** What may come from a server: counters only grow, and each start begins at zero. */
  const starts = fc.array(fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 4,
  });

  it('never counts twice and never shrinks, whatever comes late, twice or out of order', async () => {
    await fc.assert(
      fc.asyncProperty(starts, fc.array(fc.nat(), { maxLength: 30 }), async (grown, order) => {
        const id = await aDeployment();
        const readings = grown.flatMap((steps, epoch) => {
          let value = 0;
          return steps.map((step) => reading(epoch, (value += step)));
        });
        const sent = [...order.map((index) => readings[index % readings.length]!), ...readings];
        let last = 0n;
        for (const each of sent) {
          await merge(id, each);
          const total = await totalOf(id);
          expect(total).toBeGreaterThanOrEqual(last);
          last = total;
        }
        const used = grown.flat().reduce((sum, step) => sum + step, 0);
        expect(last).toBe(BigInt(used));
      }),
      { numRuns: 25 },
    );
  });

  it('merges the same readings from two managers at once', async () => {
    const id = await aDeployment();
    const readings = [reading(1, 10), reading(2, 20), reading(3, 30)];

    await Promise.all([merge(id, ...readings), merge(id, ...readings.toReversed())]);

    expect(await totalOf(id)).toBe(60n);
  });

  it('folds starts that are over, and ignores a reading of one that comes after all', async () => {
    const id = await aDeployment();
    await merge(id, reading(1, 10), reading(2, 20));
    await age(id, 1, 30);

    await fold(id, 24);
    const folded = await totalOf(id);
    await merge(id, reading(1, 11), reading(2, 25));
    await fold(id, 24);

    expect(folded).toBe(30n);
    expect(await totalOf(id)).toBe(35n);
    const [row] = await dataSource.query<{ rows: string }[]>(
      'SELECT count(*)::text AS rows FROM xray_traffic WHERE deployment_id = $1',
      [id],
    );
    expect(row?.rows).toBe('2');
  });

  it('folds nothing while the newest reading is as old as the others', async () => {
    const id = await aDeployment();
    await merge(id, reading(1, 10), reading(2, 20));
    await age(id, 1, 500);
    await age(id, 2, 490);

    await fold(id, 24);
    await merge(id, reading(1, 10), reading(2, 20));

    expect(await totalOf(id)).toBe(30n);
  });

  it('gives each due deployment to one reader', async () => {
    const id = await aDeployment('xray');

    const claims = await Promise.all([traffic.claimDue(10, 60), traffic.claimDue(10, 60)]);
    const again = await traffic.claimDue(10, 60);

    expect(claims.flat()).toEqual([{ deploymentId: id, serverId }]);
    expect(again).toEqual([]);
  });

  it('remembers the last good reading, and why a later one failed', async () => {
    const id = await aDeployment();
    await dataSource.transaction((manager) => traffic.recordReading(manager, id, null));
    const good = await traffic.lastReading(id);
    await dataSource.transaction((manager) => traffic.recordReading(manager, id, 'tcp: refused'));
    const bad = await traffic.lastReading(id);

    expect(good).toEqual({ readAt: expect.any(Date), problem: null });
    expect(bad).toEqual({ readAt: good.readAt, problem: 'tcp: refused' });
  });
});
