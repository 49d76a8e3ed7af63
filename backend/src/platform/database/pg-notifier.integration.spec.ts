import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';

import { eventually } from '../../../../test/support/eventually.js';
import { openTestDatabase } from '../../../../test/support/test-database.js';
import { PgNotifier } from './pg-notifier.js';

jest.setTimeout(60_000);

const notifiers: PgNotifier[] = [];

afterEach(async () => {
  await Promise.all(notifiers.splice(0).map((notifier) => notifier.close()));
});

async function open() {
  const { dataSource, connection } = await openTestDatabase();
  const start = async () => {
    const notifier = new PgNotifier(connection, pino({ level: 'silent' }));
    notifiers.push(notifier);
    await notifier.start();
    return notifier;
  };
  return { dataSource, start };
}

async function until(what: string, met: () => boolean): Promise<void> {
  await eventually(what, () => Promise.resolve(met() ? true : undefined), { everyMs: 10 });
}

async function loseConnections(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'myx notifications' AND datname = current_database()`,
  );
}

describe('PgNotifier', () => {
  it('reaches every manager that listens to the channel, and none that does not', async () => {
    const { dataSource, start } = await open();
    const [one, two] = [await start(), await start()];
    const heard: string[] = [];
    await one.listen('news', (payload) => heard.push(`one ${payload}`));
    await two.listen('news', (payload) => heard.push(`two ${payload}`));
    await two.listen('Other "channel"', (payload) => heard.push(`other ${payload}`));

    await one.notify(dataSource.manager, 'news', 'ä');
    await one.notify(dataSource.manager, 'Other "channel"', '');

    await until('three arrived', () => heard.length === 3);
    expect(heard.sort()).toEqual(['one ä', 'other ', 'two ä']);
  });

  it('speaks only when the transaction commits', async () => {
    const { dataSource, start } = await open();
    const notifier = await start();
    const heard: string[] = [];
    await notifier.listen('news', (payload) => heard.push(payload));

    const failing = dataSource.transaction(async (manager) => {
      await notifier.notify(manager, 'news', 'undone');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await dataSource.transaction((manager) => notifier.notify(manager, 'news', 'done'));

    await until('one arrived', () => heard.length > 0);
    expect(heard).toEqual(['done']);
  });

  it('stops calling who has left, and goes on when a handler throws', async () => {
    const { dataSource, start } = await open();
    const notifier = await start();
    const heard: string[] = [];
    const leave = await notifier.listen('news', () => heard.push('left'));
    await notifier.listen('news', () => {
      throw new Error('broken');
    });
    await notifier.listen('news', (payload) => heard.push(payload));

    leave();
    await notifier.notify(dataSource.manager, 'news', 'here');

    await until('it arrived', () => heard.length > 0);
    expect(heard).toEqual(['here']);
  });

  it('reconnects, listens again, and tells of the gap', async () => {
    const { dataSource, start } = await open();
    const notifier = await start();
    const heard: string[] = [];
    let gaps = 0;
    await notifier.listen('news', (payload) => heard.push(payload));
    notifier.onGap(() => (gaps += 1));

    await loseConnections(dataSource);
    await until('it is back', () => gaps === 1);
    await notifier.notify(dataSource.manager, 'news', 'again');

    await until('it arrived', () => heard.length > 0);
    expect(heard).toEqual(['again']);
  });

  it('can be closed while it has no connection', async () => {
    const { dataSource, start } = await open();
    const notifier = await start();
    let gaps = 0;
    notifier.onGap(() => (gaps += 1));
    await loseConnections(dataSource);

    await notifier.close();

    expect(gaps).toBeLessThanOrEqual(1);
  });

  it('refuses what PostgreSQL would refuse', async () => {
    const { dataSource, start } = await open();
    const notifier = await start();

    await expect(notifier.notify(dataSource.manager, 'news', 'ä'.repeat(4000))).rejects.toThrow(
      '7999 bytes at most, not 8000',
    );
    await notifier.notify(dataSource.manager, 'news', 'x'.repeat(7999));
  });
});
