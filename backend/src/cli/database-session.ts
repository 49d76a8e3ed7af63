import { mkdir, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { AUDIT_ENTITIES } from '../audit/index.js';
import { AUTH_ENTITIES } from '../auth/index.js';
import { MIGRATIONS } from '../migrations/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import {
  createDataSource,
  DataDirectoryInUseError,
  EmbeddedPostgres,
  pendingMigrations,
  runMigrations,
} from '../platform/database/index.js';
import type { DatabaseConnection } from '../platform/database/index.js';
import { CliError } from './cli-io.js';

/** A connection to the manager's database for one command. */
export interface DatabaseSession {
  readonly dataSource: DataSource;
  /**
   * `external`: the one in the configuration. `running`: the embedded one, which a running manager serves.
   * `started`: the embedded one, started for this command.
   */
  readonly kind: 'external' | 'running' | 'started';
  /** Ends the connection, and the server if it was started for it. */
  close(): Promise<void>;
}

interface Reached {
  readonly kind: DatabaseSession['kind'];
  readonly connection: DatabaseConnection;
  readonly close: () => Promise<void>;
}

/**
 * Connects to the manager's database, whether or not the manager runs. The embedded server is started when
 * it does not run, and stopped again by `close`. The schema stays as it is.
 *
 * @throws CliError when the data directory belongs to another user
 */
export async function connectDatabase(
  config: ManagerConfig,
  logger: Logger,
): Promise<DatabaseSession> {
  const reached = await reachServer(config, logger);
  const dataSource = createDataSource({
    connection: reached.connection,
    entities: [...AUDIT_ENTITIES, ...AUTH_ENTITIES],
    migrations: MIGRATIONS,
    logger,
    poolSize: 4,
    applicationName: 'myx command line',
  });
  try {
    await dataSource.initialize();
  } catch (error) {
    await reached.close();
    throw error;
  }
  return {
    dataSource,
    kind: reached.kind,
    close: async () => {
      await dataSource.destroy();
      await reached.close();
    },
  };
}

/**
 * Connects like {@link connectDatabase} and makes sure that the schema fits this program: an empty database
 * and one that no manager is using are brought up to date, another one is refused.
 */
export async function openDatabase(
  config: ManagerConfig,
  logger: Logger,
): Promise<DatabaseSession> {
  const session = await connectDatabase(config, logger);
  try {
    const pending = await pendingMigrations(session.dataSource);
    const isEmpty = pending.length === MIGRATIONS.length;
    if (pending.length > 0 && !isEmpty && session.kind !== 'started') {
      throw new CliError(
        `The database schema is older than this program (${pending.length} migrations are missing). ` +
          'Restart the manager with this version, or run "npx myx migrate".',
      );
    }
    await runMigrations(session.dataSource);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function reachServer(config: ManagerConfig, logger: Logger): Promise<Reached> {
  if (config.database.url !== undefined) {
    const connection = { kind: 'url', url: config.database.url } as const;
    return { kind: 'external', connection, close: () => Promise.resolve() };
  }
  await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
  await refuseForeign(config.data_dir);
  const embedded = new EmbeddedPostgres({ dataDir: config.data_dir, logger });
  const close = (): Promise<void> => embedded.stop();
  try {
    await embedded.start();
    return { kind: 'started', connection: embedded.connection, close };
  } catch (error) {
    // The manager holds the server: it can be used beside it, and is not ours to stop.
    if (!(error instanceof DataDirectoryInUseError)) throw error;
    return { kind: 'running', connection: embedded.connection, close };
  }
}

/** Files that root writes into another user's data directory would be out of the manager's reach. */
async function refuseForeign(dataDir: string): Promise<void> {
  const { uid } = await stat(dataDir);
  const own = process.geteuid?.();
  if (uid !== own) {
    throw new CliError(
      `${dataDir} belongs to user ${uid}, as whom the manager runs. Run this as that user: sudo -u '#${uid}' npx myx ...`,
    );
  }
}
