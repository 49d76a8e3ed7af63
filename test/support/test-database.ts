import { afterAll } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';

import {
  createDataSource,
  type Entity,
  type Migration,
} from '../../backend/src/platform/database/data-source.ts';
import {
  type DatabaseConnection,
  driverOptions,
} from '../../backend/src/platform/database/database-connection.ts';
import { EmbeddedPostgres } from '../../backend/src/platform/database/embedded-postgres.ts';
import { runMigrations } from '../../backend/src/platform/database/run-migrations.ts';

const logger = pino({ level: 'silent' });

/** Tests kill the server but never the machine: only a power cut could tell the difference. */
const FAST = { fsync: 'off', full_page_writes: 'off' };

/** A database of one test's own. */
export interface TestDatabase {
  /** Connected; its tables are there. */
  readonly dataSource: DataSource;
  /** For parts that bring a connection of their own. */
  readonly connection: DatabaseConnection;
  /** Ends the data source and drops the database. Called for you after the spec's last test. */
  close(): Promise<void>;
}

/** What {@link openTestDatabase} puts into the database. */
export interface TestDatabaseContent {
  readonly entities?: readonly Entity[];
  /** Applied in order. Without any, the tables are made from the entities. */
  readonly migrations?: readonly Migration[];
}

/** One PostgreSQL per spec file, started by the first test that asks. */
let server: Promise<{ server: EmbeddedPostgres; dataDir: string }> | undefined;
const open = new Set<TestDatabase>();

afterAll(async () => {
  await Promise.all([...open].map((database) => database.close()));
  if (server === undefined) return;
  const { server: running, dataDir } = await server;
  server = undefined;
  await running.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/**
 * A fresh, empty database in a real PostgreSQL, the same that the manager embeds. The server starts with the first
 * call in a spec file (about half a second) and is stopped and deleted after its last test.
 */
export async function openTestDatabase(content: TestDatabaseContent = {}): Promise<TestDatabase> {
  const connection = await createTestDatabase();
  const { entities = [], migrations = [] } = content;
  const dataSource = createDataSource({ connection, entities, migrations, logger, poolSize: 10 });
  await dataSource.initialize();
  const database: TestDatabase = {
    dataSource,
    connection,
    close: async () => {
      if (!open.delete(database)) return;
      await dataSource.destroy();
      await dropTestDatabase(connection);
    },
  };
  open.add(database);
  if (migrations.length > 0) await runMigrations(dataSource);
  else await dataSource.synchronize();
  return database;
}

/** An empty database without a data source, for parts that bring a connection of their own. */
export async function createTestDatabase(): Promise<DatabaseConnection> {
  server ??= startServer();
  const { connection } = (await server).server;
  if (connection.kind !== 'socket') throw new Error('the test server listens on a socket');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(connection, `create database ${name}`);
  return { ...connection, database: name };
}

/** The server of this spec file's databases, for tests that take it away. */
export async function testDatabaseServer(): Promise<EmbeddedPostgres> {
  server ??= startServer();
  return (await server).server;
}

async function startServer(): Promise<{ server: EmbeddedPostgres; dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'myx-test-database-'));
  const started = new EmbeddedPostgres({ dataDir, logger, settings: FAST });
  await started.start();
  return { server: started, dataDir };
}

async function dropTestDatabase(connection: DatabaseConnection): Promise<void> {
  if (connection.kind !== 'socket') return;
  await administer(
    { ...connection, database: 'myx' },
    `drop database ${connection.database} with (force)`,
  );
}

async function administer(connection: DatabaseConnection, statement: string): Promise<void> {
  const client = new pg.Client(driverOptions(connection));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
