import { describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import {
  Column,
  DataSource,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
} from 'typeorm';

import { createTestDatabase, openTestDatabase } from '../../../../test/support/test-database.js';
import { createDataSource, type Migration } from './data-source.js';
import { pendingMigrations, runMigrations } from './run-migrations.js';
import { TransactionRunner } from './transaction-runner.js';

jest.setTimeout(60_000);

const logger = pino({ level: 'silent' });

@Entity()
class BlueBox {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @Column({ type: 'text' })
  longLabel!: string;
}

class CreateBlueBox1795200000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table blue_box (id int primary key, long_label text not null)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table blue_box');
  }
}

class CreateLid1795200000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table lid (id int primary key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table lid');
  }
}

class Broken1795200000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table half (id int)');
    await runner.query('create table half (id int)');
  }

  async down(): Promise<void> {
    // Never applied, so there is nothing to undo.
  }
}

describe('createDataSource', () => {
  it('maps properties to columns in snake_case that migrations made', async () => {
    const { dataSource } = await openTestDatabase({
      entities: [BlueBox],
      migrations: [CreateBlueBox1795200000001],
    });

    await dataSource.getRepository(BlueBox).save({ id: 1, longLabel: 'one' });

    expect(await dataSource.query('select id, long_label from blue_box')).toEqual([
      { id: 1, long_label: 'one' },
    ]);
  });

  it('gives every test a database of its own', async () => {
    const first = await openTestDatabase({ entities: [BlueBox] });
    const second = await openTestDatabase({ entities: [BlueBox] });

    await first.dataSource.getRepository(BlueBox).save({ id: 1, longLabel: 'one' });

    expect(await second.dataSource.getRepository(BlueBox).count()).toBe(0);
  });

  it('gives a statement up that takes too long', async () => {
    const connection = await createTestDatabase();
    const dataSource = createDataSource({
      connection,
      entities: [],
      migrations: [],
      logger,
      statementTimeoutMs: 1_000,
    });
    await dataSource.initialize();
    try {
      await expect(dataSource.query('select pg_sleep(60)')).rejects.toThrow(/statement timeout/);
    } finally {
      await dataSource.destroy();
    }
  });
});

describe('runMigrations', () => {
  async function connect(
    migrations: readonly Migration[],
    connectionOf?: DataSource,
  ): Promise<DataSource> {
    const connection = connections.get(connectionOf) ?? (await createTestDatabase());
    const dataSource = createDataSource({ connection, entities: [], migrations, logger });
    connections.set(dataSource, connection);
    return dataSource.initialize();
  }
  const connections = new Map<
    DataSource | undefined,
    Awaited<ReturnType<typeof createTestDatabase>>
  >();

  it('applies each migration once, also when several managers start together', async () => {
    const first = await connect([CreateBlueBox1795200000001, CreateLid1795200000002]);
    const second = await connect([CreateBlueBox1795200000001, CreateLid1795200000002], first);
    expect(await pendingMigrations(first)).toHaveLength(2);

    const applied = await Promise.all([runMigrations(first), runMigrations(second)]);

    expect(applied.flat().sort()).toEqual(['CreateBlueBox1795200000001', 'CreateLid1795200000002']);
    expect(await pendingMigrations(second)).toEqual([]);
    await Promise.all([first.destroy(), second.destroy()]);
  });

  it('undoes a migration that fails half way, keeps the earlier ones, and frees the lock', async () => {
    const dataSource = await connect([CreateBlueBox1795200000001, Broken1795200000003]);

    await expect(runMigrations(dataSource)).rejects.toThrow('already exists');

    expect(await pendingMigrations(dataSource)).toEqual(['Broken1795200000003']);
    expect(await dataSource.query(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
    expect(
      await dataSource.query(
        `select count(*)::int as n from pg_locks where locktype = 'advisory' and objid = 7905302`,
      ),
    ).toEqual([{ n: 0 }]);
    await dataSource.destroy();
  });

  it('refuses a database that a newer version has used', async () => {
    const newer = await connect([CreateBlueBox1795200000001, CreateLid1795200000002]);
    await runMigrations(newer);
    const older = await connect([CreateBlueBox1795200000001], newer);

    await expect(runMigrations(older)).rejects.toThrow(/newer version.*CreateLid1795200000002/);
    await Promise.all([newer.destroy(), older.destroy()]);
  });
});

describe('TransactionRunner', () => {
  async function open() {
    const { dataSource } = await openTestDatabase({ entities: [BlueBox] });
    return {
      boxes: dataSource.getRepository(BlueBox),
      runner: new TransactionRunner(dataSource, logger),
    };
  }

  it('does what waits for the commit after it, when others see the rows', async () => {
    const { boxes, runner } = await open();
    const seen: number[] = [];

    const result = await runner.run(async ({ manager, afterCommit }) => {
      afterCommit(async () => seen.push(await boxes.count()));
      await manager.save(BlueBox, { id: 1, longLabel: 'one' });
      seen.push(await boxes.count());
      return 'done';
    });

    expect(result).toBe('done');
    expect(seen).toEqual([0, 1]);
  });

  it('rolls back and does nothing further when the work throws', async () => {
    const { boxes, runner } = await open();
    const after = jest.fn(() => Promise.resolve());

    const run = runner.run(async ({ manager, afterCommit }) => {
      afterCommit(after);
      await manager.save(BlueBox, { id: 1, longLabel: 'one' });
      throw new Error('changed my mind');
    });

    await expect(run).rejects.toThrow('changed my mind');
    expect(await boxes.count()).toBe(0);
    expect(after).not.toHaveBeenCalled();
  });

  it('reports success when only the work after the commit fails', async () => {
    const { boxes, runner } = await open();

    await runner.run(async ({ manager, afterCommit }) => {
      afterCommit(() => Promise.reject(new Error('queue is away')));
      await manager.save(BlueBox, { id: 1, longLabel: 'one' });
    });

    expect(await boxes.count()).toBe(1);
  });

  it('repeats work that lost a deadlock', async () => {
    const { boxes, runner } = await open();
    await boxes.save([
      { id: 1, longLabel: '' },
      { id: 2, longLabel: '' },
    ]);
    let starts = 0;
    let release: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((resolve) => (release = resolve));

    const update = (first: number, second: number, label: string) =>
      runner.run(async ({ manager }) => {
        await manager.update(BlueBox, first, { longLabel: label });
        starts += 1;
        if (starts === 2) release();
        await bothHoldOne;
        await manager.update(BlueBox, second, { longLabel: label });
      });
    await Promise.all([update(1, 2, 'a'), update(2, 1, 'b')]);

    // More than once when the winner is slower to wake up than the loser to come back.
    expect(starts).toBeGreaterThan(2);
    const labels = (await boxes.find()).map(({ longLabel }) => longLabel);
    expect(new Set(labels).size).toBe(1);
  });
});
