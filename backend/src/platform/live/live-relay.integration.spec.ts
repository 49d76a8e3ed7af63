import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { eventually } from '../../../../test/support/eventually.ts';
import { openTestDatabase } from '../../../../test/support/test-database.ts';
import { PgNotifier } from '../database/index.js';
import { LiveBus } from './live-bus.js';
import type { LiveMessage } from './live-bus.js';
import { LiveRelay } from './live-relay.js';

jest.setTimeout(60_000);

const logger = pino({ level: 'silent' });

interface Manager {
  readonly bus: LiveBus;
  readonly heard: LiveMessage[];
  missed: number;
  close(): Promise<void>;
}

let managers: Manager[];

beforeEach(async () => {
  const { dataSource, connection } = await openTestDatabase();
  managers = await Promise.all(
    [1, 2, 3].map(async () => {
      const bus = new LiveBus();
      const notifier = new PgNotifier(connection, logger);
      await notifier.start();
      const relay = new LiveRelay(bus, dataSource, logger, notifier);
      await relay.onApplicationBootstrap();
      const manager: Manager = {
        bus,
        heard: [],
        missed: 0,
        close: async () => {
          relay.beforeApplicationShutdown();
          await notifier.close();
        },
      };
      bus.subscribe((message) => manager.heard.push(message));
      bus.onMissed(() => (manager.missed += 1));
      return manager;
    }),
  );
});

afterEach(() => Promise.all(managers.map((manager) => manager.close())));

function heard(index: number, count: number): Promise<readonly LiveMessage[]> {
  return eventually(`manager ${index} hears ${count}`, () =>
    Promise.resolve(
      (managers[index]?.heard.length ?? 0) >= count ? managers[index]?.heard : undefined,
    ),
  );
}

describe('LiveRelay', () => {
  it('tells every other manager, and oneself once', async () => {
    const message = {
      topic: 'servers',
      type: 'server_changed',
      data: { id: 'a', status: 'online' },
    };

    managers[0]?.bus.publish(message);

    expect(await heard(1, 1)).toEqual([message]);
    expect(await heard(2, 1)).toEqual([message]);
    expect(managers[0]?.heard).toEqual([message]);
  });

  it('does not tell on what it was told', async () => {
    managers[0]?.bus.publish({ topic: 'servers', type: 'x', data: { id: '1' } });
    await heard(1, 1);
    managers[1]?.bus.publish({ topic: 'servers', type: 'x', data: { id: '2' } });

    const messages = await heard(2, 2);
    expect(messages.map(({ data }) => data.id)).toEqual(['1', '2']);
  });

  it('leaves out the details of what is too large for a notification', async () => {
    const data = { id: 'a', server_id: 'b', text: 'é'.repeat(5_000) };

    managers[0]?.bus.publish({ topic: 'commands', type: 'command_changed', data });

    expect(await heard(1, 1)).toEqual([
      {
        topic: 'commands',
        type: 'command_changed',
        data: { id: 'a', server_id: 'b', partial: true },
      },
    ]);
  });

  it('splits what does not fit into one notification', async () => {
    for (let n = 0; n < 50; n += 1) {
      managers[0]?.bus.publish({
        topic: 'servers',
        type: 'server_changed',
        data: { id: String(n), text: 'x'.repeat(500) },
      });
    }

    const messages = await heard(1, 50);
    expect(messages.map(({ data }) => data.id)).toEqual(
      Array.from({ length: 50 }, (_unused, n) => String(n)),
    );
  });

  it('tells only the last of several messages about one thing', async () => {
    for (let n = 0; n < 10; n += 1) {
      managers[0]?.bus.publish({ topic: 'servers', type: 'x', data: { id: 'a', n } });
    }
    managers[0]?.bus.publish({ topic: 'servers', type: 'x', data: { id: 'end' } });

    const messages = await heard(1, 2);
    expect(messages.map(({ data }) => data)).toEqual([{ id: 'a', n: 9 }, { id: 'end' }]);
  });

  it('says that something was missed when the connection was away', async () => {
    const { dataSource } = await openTestDatabase();
    await dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'myx notifications'`,
    );

    await eventually('all know', () =>
      Promise.resolve(managers.every(({ missed }) => missed > 0) || undefined),
    );
  });
});
