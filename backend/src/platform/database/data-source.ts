import type { Logger } from 'pino';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';

import { type DatabaseConnection, driverOptions } from './database-connection.js';
import { QueryLogger } from './query-logger.js';
import { SnakeNaming } from './snake-naming.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SLOW_QUERY_MS = 1_000;

/** An entity class or schema. */
export type Entity = EntitySchema | (new () => object);

/** A migration class. Its name ends in the milliseconds since 1970 at which it was written. */
export type Migration = new () => MigrationInterface;

/** What {@link createDataSource} is made from. */
export interface DataSourceSettings {
  readonly connection: DatabaseConnection;
  readonly entities: readonly Entity[];
  readonly migrations: readonly Migration[];
  readonly logger: Logger;
  /** Connections at most; 20 unless told otherwise. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity; `myx` unless told otherwise. */
  readonly applicationName?: string;
  /** After how long a statement is given up, in milliseconds; 30 s unless told otherwise. */
  readonly statementTimeoutMs?: number;
}

/**
 * The manager's way to PostgreSQL: snake_case names, a bounded pool, a deadline for every statement, and
 * a schema that only migrations change. Not yet connected: call `initialize()`, then `runMigrations`.
 */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const { logger } = settings;
  return new DataSource({
    type: 'postgres',
    entities: [...settings.entities],
    migrations: [...settings.migrations],
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: ['error', 'warn', 'migration', 'schema', 'info', 'log'],
    logger: new QueryLogger(logger),
    maxQueryExecutionTime: SLOW_QUERY_MS,
    poolSize: settings.poolSize ?? 20,
    applicationName: settings.applicationName ?? 'myx',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: (error: unknown) => {
      logger.warn({ err: error }, 'an idle database connection failed');
    },
    extra: {
      ...driverOptions(settings.connection),
      statement_timeout: settings.statementTimeoutMs ?? 30_000,
      // A transaction whose owner forgot it must not hold its locks for ever.
      idle_in_transaction_session_timeout: 60_000,
    },
  });
}
