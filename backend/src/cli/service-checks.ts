import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { ManagerConfig } from '../platform/config/index.js';
import { Keyring } from '../platform/crypto/index.js';
import type { Secret } from '../platform/crypto/index.js';
import { pendingMigrations } from '../platform/database/index.js';
import { connectDatabase } from './database-session.js';
import type { DatabaseSession } from './database-session.js';
import { attempt, errorCode, fail, ok, warn } from './finding.js';
import type { Finding } from './finding.js';

/** Oldest PostgreSQL the queries are written for. */
const OLDEST_POSTGRES = 14;
const SKEW_LIMIT_SECONDS = 5;
const PATIENCE_MS = 5000;
/** A connection that never came about is given up at once, not after the library's two seconds. */
const DISCONNECT_MS = 50;

const KIND = {
  external: 'the configured PostgreSQL',
  running: 'the embedded PostgreSQL of the running manager',
  started: 'the embedded PostgreSQL (started for this check)',
} as const satisfies Record<DatabaseSession['kind'], string>;

/** Database and keys: reachable, new enough, the schema's state, the same clock, the right master key. */
export async function checkDatabase(
  config: ManagerConfig,
  logger: Logger,
): Promise<readonly Finding[]> {
  if (config.database.url === undefined && !(await hasEmbeddedData(config.data_dir))) {
    return [
      ok('database', 'the embedded PostgreSQL is made at the first start'),
      ok('keys', 'are made at the first start'),
    ];
  }
  const session = await connectDatabase(config, logger);
  try {
    const { dataSource, kind } = session;
    return [
      ...(await attempt('database', () => checkVersion(dataSource, kind))),
      ...(await attempt('migrations', () => checkMigrations(dataSource))),
      ...(await attempt('database clock', () => checkSkew(dataSource))),
      ...(await attempt('keys', () => checkKeys(config, dataSource))),
    ];
  } finally {
    await session.close();
  }
}

/** Redis, when one is configured. */
export async function checkRedis(url: Secret | undefined): Promise<readonly Finding[]> {
  const name = 'Redis';
  if (url === undefined) return [ok(name, 'not configured: the queue lives in PostgreSQL')];
  const redis = new Redis(url.reveal().replace(/^unix:\/\//, ''), {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    disconnectTimeout: DISCONNECT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let reason = 'no connection';
  redis.on('error', (error: Error) => (reason = error.message));
  try {
    await redis.connect();
    return [judgeRedis(await redis.info())];
  } catch {
    // The event carries the reason (refused, unknown host, wrong password); the rejection only says "closed".
    return [fail(name, `does not answer: ${reason}`, 'Start it, or correct redis.url.')];
  } finally {
    redis.disconnect();
  }
}

/** Judges what `INFO` answers. BullMQ loses jobs when Redis may evict keys. */
export function judgeRedis(info: string): Finding {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported = major > 6 || (major === 6 && minor >= 2);
  if (!isSupported) {
    return fail('Redis', `${version} is too old`, 'Use Redis 6.2 or newer.');
  }
  return policy === undefined || policy === 'noeviction'
    ? ok('Redis', version)
    : warn('Redis', `${version} may evict jobs (${policy})`, 'Set maxmemory-policy noeviction.');
}

/** The port: free, or ours already. */
export async function checkPort({ listen }: ManagerConfig): Promise<Finding> {
  const name = 'port';
  const place = `${listen.host}:${listen.port}`;
  const problem = await bindProblem(listen.host, listen.port);
  if (problem === undefined) return ok(name, `${place} is free`);
  if (problem === 'EADDRINUSE') {
    if (listen.tls === undefined && (await isManager(listen.host, listen.port))) {
      return ok(name, `${place} is the running manager's`);
    }
    const remedy = 'Unless that is the manager: end the other program, or set another listen.port.';
    return warn(name, `${place} is in use`, remedy);
  }
  if (problem === 'EACCES') {
    return fail(name, `${place} is for root only`, 'Set a listen.port of 1024 or above.');
  }
  return fail(name, `${place} cannot be listened on (${problem})`, 'Correct listen.host.');
}

async function checkVersion(
  dataSource: DataSource,
  kind: DatabaseSession['kind'],
): Promise<Finding> {
  const [row] = z
    .array(z.object({ server_version: z.string() }))
    .parse(await dataSource.query('SHOW server_version'));
  const version = row?.server_version ?? 'unknown';
  const message = `${KIND[kind]}, version ${version}`;
  return Number.parseInt(version, 10) >= OLDEST_POSTGRES
    ? ok('database', message)
    : fail('database', `${message} is too old`, `Use PostgreSQL ${OLDEST_POSTGRES} or newer.`);
}

async function checkMigrations(dataSource: DataSource): Promise<Finding> {
  const pending = await pendingMigrations(dataSource);
  return pending.length === 0
    ? ok('migrations', 'the schema is up to date')
    : warn(
        'migrations',
        `${pending.length} are still to be applied`,
        'The next start of the manager applies them, or: npx myx migrate',
      );
}

async function checkSkew(dataSource: DataSource): Promise<Finding> {
  const name = 'database clock';
  const before = Date.now();
  const [row] = z
    .array(z.object({ ms: z.coerce.number() }))
    .parse(await dataSource.query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms'));
  const skew = ((row?.ms ?? NaN) - (before + Date.now()) / 2) / 1000;
  return Math.abs(skew) <= SKEW_LIMIT_SECONDS
    ? ok(name, 'agrees with this machine')
    : warn(name, `is ${skew.toFixed(0)} s off this machine's`, 'Synchronise both (NTP).');
}

/** Looks at the keys only where the database knows of some: a new installation's are the start's to make. */
async function checkKeys(config: ManagerConfig, dataSource: DataSource): Promise<Finding> {
  const name = 'keys';
  const [row] = z
    .array(z.object({ known: z.boolean() }))
    .parse(await dataSource.query(`SELECT to_regclass('installation_keys') IS NOT NULL AS known`));
  const known =
    row?.known === true &&
    z
      .array(z.unknown())
      .parse(await dataSource.query(`SELECT 1 FROM installation_keys WHERE name = 'master'`))
      .length > 0;
  if (!known) return ok(name, 'are made at the first start');
  try {
    await Keyring.open({ config, dataSource });
    return ok(name, 'the master key is the one this database was written with');
  } catch (error) {
    // Its messages say which key is needed, where, and how to loosen or tighten what.
    return fail(name, (error as Error).message, 'Restore <data dir>/secrets from its backup.');
  }
}

async function hasEmbeddedData(dataDir: string): Promise<boolean> {
  try {
    await stat(path.join(dataDir, 'postgres/data'));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Why a port cannot be listened on, or undefined. */
function bindProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(errorCode(error) ?? error.message);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}

async function isManager(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/healthz`;
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'error',
    });
    const Health = z.object({ status: z.literal('ok'), version: z.string() });
    return Health.safeParse(await response.json()).success;
  } catch {
    // No HTTP, no JSON or no answer: whoever listens there is not the manager.
    return false;
  }
}
