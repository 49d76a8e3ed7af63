import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { CertificateAuthority, Keyring, SecretBox } from '../platform/crypto/index.js';
import {
  createDataSource,
  EmbeddedPostgres,
  PgNotifier,
  runMigrations,
} from '../platform/database/index.js';
import type { DatabaseConnection } from '../platform/database/index.js';
import { openJobQueue } from '../platform/queue/index.js';
import type { JobQueue } from '../platform/queue/index.js';
import { Deadline, untilAborted } from '../platform/transport/deadline.js';
import { ENTITIES } from './entities.js';

/** What the manager needs from outside the process, opened and checked. */
export interface Resources {
  readonly config: ManagerConfig;
  readonly logger: Logger;
  readonly dataSource: DataSource;
  readonly queue: JobQueue;
  /** Messages between the managers on this database. */
  readonly notifier: PgNotifier;
  readonly keyring: Keyring;
  readonly secretBox: SecretBox;
  readonly certificateAuthority: CertificateAuthority;
  /** Closes everything, last opened first. */
  readonly close: () => Promise<void>;
}

/** How long closing one thing may take: one that hangs, such as an unreachable database, must not hold up the rest. */
const CLOSE_PATIENCE_MS = 30_000;

/** Closes what was opened, last first; one failure does not keep the others open. */
class Closers {
  readonly #closers: { name: string; close: () => Promise<unknown> }[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: () => Promise<unknown>): void {
    this.#closers.push({ name, close });
  }

  async close(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      using deadline = new Deadline(CLOSE_PATIENCE_MS);
      try {
        await untilAborted(close(), deadline.signal);
      } catch (error) {
        // Whatever it is, the other resources still have to be closed.
        this.#logger.error({ err: error, resource: name }, 'closing failed');
      }
    }
  }
}

/**
 * Opens database (starting the embedded one when none is configured), keys and queue, and brings the
 * schema up to date.
 *
 * @throws Error when one of them cannot be used, or the reason of `signal` as soon as it aborts; what was
 *   opened is closed again
 */
export async function openResources(
  config: ManagerConfig,
  logger: Logger,
  signal = new AbortController().signal,
): Promise<Resources> {
  const closers = new Closers(logger);
  try {
    await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
    const connection = await openDatabase(config, logger, closers, signal);
    return await untilAborted(openOver(connection, config, logger, closers), signal);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Opens what needs the database. */
async function openOver(
  connection: DatabaseConnection,
  config: ManagerConfig,
  logger: Logger,
  closers: Closers,
): Promise<Resources> {
  const dataSource = await openDataSource(connection, config, logger, closers);
  const keyring = await Keyring.open({ config, dataSource });
  const certificateAuthority = await CertificateAuthority.open(keyring);
  const queue = await openJobQueue({ redisUrl: config.redis.url, connection, logger });
  closers.add('job queue', () => queue.close());
  const notifier = new PgNotifier(connection, logger);
  closers.add('notifications', () => notifier.close());
  await notifier.start();
  return {
    config,
    logger,
    dataSource,
    queue,
    notifier,
    keyring,
    secretBox: new SecretBox(keyring.masterKey),
    certificateAuthority,
    close: () => closers.close(),
  };
}

async function openDatabase(
  config: ManagerConfig,
  logger: Logger,
  closers: Closers,
  signal: AbortSignal,
): Promise<DatabaseConnection> {
  if (config.database.url !== undefined) return { kind: 'url', url: config.database.url };
  const embedded = new EmbeddedPostgres({ dataDir: config.data_dir, logger });
  closers.add('embedded PostgreSQL', () => embedded.stop());
  await embedded.start(signal);
  return embedded.connection;
}

async function openDataSource(
  connection: DatabaseConnection,
  config: ManagerConfig,
  logger: Logger,
  closers: Closers,
): Promise<DataSource> {
  const dataSource = createDataSource({
    connection,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    logger,
    poolSize: config.database.pool_size,
  });
  await dataSource.initialize();
  closers.add('database connections', () => dataSource.destroy());
  const applied = await runMigrations(dataSource);
  if (applied.length > 0)
    logger.info({ migrations: applied }, 'database schema brought up to date');
  return dataSource;
}
