import { type DataSource, MigrationExecutor } from 'typeorm';

/** Any constant of our own: serialises migrations of managers that start together. */
const MIGRATION_LOCK = 7_905_302;

/**
 * Applies what is missing, each migration in a transaction of its own, and answers the names of those
 * applied. Managers that start at the same moment take turns, and the later one finds nothing to do.
 * @throws Error when the database holds migrations this program does not know, which means that a newer
 *   version has used it
 */
export async function runMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const session = dataSource.createQueryRunner();
  await session.connect();
  try {
    // Building an index on a large table may take longer than a request ever should.
    await session.query('set statement_timeout = 0');
    await session.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const executor = new MigrationExecutor(dataSource, session);
      executor.transaction = 'each';
      await refuseNewerDatabase(dataSource, executor);
      const applied = await executor.executePendingMigrations();
      return applied.map(({ name }) => name);
    } finally {
      await session.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await session.query('reset statement_timeout');
    }
  } finally {
    await session.release();
  }
}

/** Names of the migrations that are still to be applied, in order. Changes nothing. */
export async function pendingMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
  return pending.map(({ name }) => name);
}

async function refuseNewerDatabase(
  dataSource: DataSource,
  executor: MigrationExecutor,
): Promise<void> {
  const known = new Set(
    dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name),
  );
  const executed = await executor.getExecutedMigrations();
  const unknown = executed.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (unknown.length > 0) {
    throw new Error(
      `the database was used by a newer version of the manager (migrations ${unknown.join(', ')}); start that version again`,
    );
  }
}
