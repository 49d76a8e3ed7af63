import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';

import type { DatabaseConnection } from './database-connection.js';
import { EMBEDDED_ROLE, type PostgresCluster, prepareCluster } from './postgres-cluster.js';
import { PostgresLog } from './postgres-log.js';
import {
  clearStaleLocks,
  findPostmaster,
  isRunning,
  type StartedPostgres,
  spawnPostgres,
  stopPostgres,
} from './postgres-process.js';

const PORT = 5432;
/** How PostgreSQL names its socket. */
const SOCKET = `.s.PGSQL.${PORT}`;
const DATABASE = 'myx';
/** unix(7): sun_path holds 108 bytes with the closing zero. */
const LONGEST_SOCKET_PATH = 107;
/** Any constant: the lock is the only one taken in the database `postgres`. */
const MANAGER_LOCK = 7_905_301;
/** Recovery after a crash replays what was written since the last checkpoint. */
const START_PATIENCE_MS = 120_000;
/** How long a manager that runs is asked for its lock: it may just be ending. */
const LIVING_PATIENCE_MS = 1_000;
/** How long the server may take to notice that the manager with the lock was killed. */
const DEAD_PATIENCE_MS = 30_000;
/** A server that does not even answer this long is asked again, or given up. */
const ANSWER_PATIENCE_MS = 20_000;
/** How long a connection that is closed is waited for: a server that hangs never confirms it. */
const GOODBYE_MS = 2_000;
const LOG_CHECK_MS = 60_000;
const BACKOFF_MS = { first: 100, last: 10_000 } as const;

const SETTINGS: Readonly<Record<string, string>> = {
  cluster_name: 'myx',
  listen_addresses: '',
  unix_socket_directories: '../run',
  port: String(PORT),
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Rows hold hashes and ciphertexts: an error's DETAIL line would copy them into the log.
  log_error_verbosity: 'terse',
};

/** What the readiness probe and `myx doctor` need to know. */
export interface EmbeddedPostgresStatus {
  readonly state: 'stopped' | 'starting' | 'ready' | 'restarting';
  /** Process of the server, while there is one. */
  readonly pid: number | undefined;
  /** Why the server is not ready. */
  readonly problem: string | undefined;
}

/** What an {@link EmbeddedPostgres} is made from. */
export interface EmbeddedPostgresOptions {
  /** The manager's data directory; the database lives in its `postgres` directory. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Server settings on top of the built-in ones, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Another manager runs on this data directory. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/**
 * A private PostgreSQL inside the manager's data directory: a real server that listens on a unix socket
 * only, writes durably, and outlives a killed manager, whose successor takes it over. It is
 * restarted when it dies. One manager at a time: an advisory lock held by a connection says whose it is, and ends
 * with the process that holds it.
 */
export class EmbeddedPostgres {
  readonly #options: EmbeddedPostgresOptions;
  readonly #logger: Logger;
  #cluster: PostgresCluster | undefined;
  #socketHandle: number | undefined;
  /** The server this manager started last. */
  #spawned: StartedPostgres | undefined;
  /** The server that this manager had the lock of last, whoever started it. */
  #served: number | undefined;
  #holder: pg.Client | undefined;
  #logTimer: NodeJS.Timeout | undefined;
  #status: EmbeddedPostgresStatus = { state: 'stopped', pid: undefined, problem: undefined };
  #stopping = new AbortController();
  #restarting: Promise<void> | undefined;

  constructor(options: EmbeddedPostgresOptions) {
    this.#options = options;
    this.#logger = options.logger;
  }

  /** Whether the server can be used, and why not. */
  status(): EmbeddedPostgresStatus {
    return this.#status;
  }

  /**
   * How to connect, once started. The path is valid in this process only when the data directory's path is too long
   * for a socket address.
   */
  get connection(): DatabaseConnection {
    return {
      kind: 'socket',
      host: this.#host(),
      port: PORT,
      user: EMBEDDED_ROLE,
      database: DATABASE,
    };
  }

  /**
   * Starts the server, or takes over the one that runs on this data directory, and ends when queries are
   * answered. Nothing is left running when `signal` gives the start up, or when it fails.
   * @throws DataDirectoryInUseError when another manager, named in the message, is using it
   * @throws Error with the end of the server's log when it does not start
   */
  async start(signal?: AbortSignal): Promise<void> {
    const stopping = new AbortController();
    const giveUp = (): void => {
      stopping.abort(signal?.reason);
    };
    this.#stopping = stopping;
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#setStatus('starting', undefined);
    try {
      signal?.throwIfAborted();
      this.#cluster = await prepareCluster(this.#options.dataDir);
      await this.#bringUp();
      await this.#ensureDatabase();
    } catch (error) {
      stopping.abort();
      await this.#restarting;
      this.#setStatus('stopped', (error as Error).message);
      await this.#release();
      if (error instanceof DataDirectoryInUseError) this.#disown();
      await this.#stopUnheld();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    this.#logTimer = setInterval(() => void this.#log().bound(), LOG_CHECK_MS).unref();
  }

  /** Shuts the server down cleanly, in 25 s at most. Does nothing when it is not this manager's. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#logTimer);
    await this.#restarting;
    const pid = this.#holder === undefined ? undefined : this.#status.pid;
    this.#setStatus('stopped', undefined);
    await this.#release();
    if (pid === undefined) await this.#stopUnheld();
    else await stopPostgres(pid);
  }

  /** Server, connection and lock; the state is ready afterwards. */
  async #bringUp(): Promise<void> {
    const cluster = this.#requireCluster();
    this.#stopping.signal.throwIfAborted();
    await this.#log().bound();
    let started: StartedPostgres | undefined;
    let pid = await findPostmaster(cluster.dataDir);
    if (pid === undefined) {
      await clearStaleLocks(cluster.dataDir, join(cluster.socketDir, `${SOCKET}.lock`));
      started = spawnPostgres({
        ...cluster,
        program: cluster.binaries.postgres,
        settings: { ...SETTINGS, ...this.#options.settings },
      });
      pid = started.pid;
      this.#spawned = started;
    } else {
      this.#logger.info({ postgres_pid: pid }, 'taking over the running embedded PostgreSQL');
    }
    this.#setStatus(this.#status.state, this.#status.problem, pid);
    const holder = await this.#connectWhenReady(started);
    const serving = (await findPostmaster(cluster.dataDir)) ?? pid;
    // Nothing is awaited between the lock and the watch: a server that ended there would never be missed.
    await this.#takeLock(holder);
    this.#holder = holder;
    this.#served = serving;
    this.#setStatus('ready', undefined, serving);
    this.#watch(holder);
  }

  /** The server refuses connections until it has recovered; a process that ends will never accept one. */
  async #connectWhenReady(started: StartedPostgres | undefined): Promise<pg.Client> {
    const deadline = Date.now() + START_PATIENCE_MS;
    for (;;) {
      this.#stopping.signal.throwIfAborted();
      const client = this.#newClient('postgres', `myx manager ${process.pid}`);
      try {
        await client.connect();
        return client;
      } catch (error) {
        // Two managers started at once: the other one's server won, and may be ours to wait for.
        const ended = started?.end();
        const lost =
          ended !== undefined &&
          (await findPostmaster(this.#requireCluster().dataDir)) === undefined;
        if (lost || Date.now() > deadline) {
          const how = ended ?? `no answer (${(error as Error).message})`;
          throw new Error(
            `the embedded PostgreSQL did not start: ${how}\n${await this.#log().tail()}`,
            {
              cause: error,
            },
          );
        }
        await pause(20);
      }
    }
  }

  async #takeLock(holder: pg.Client): Promise<void> {
    try {
      const start = Date.now();
      for (;;) {
        this.#stopping.signal.throwIfAborted();
        const { rows } = await holder.query<{ taken: boolean }>(
          'select pg_try_advisory_lock($1) as taken',
          [MANAGER_LOCK],
        );
        if (rows[0]?.taken === true) return;
        const other = await managerWithLock(holder);
        // A killed manager's lock is released as soon as the server notices its closed connection.
        const isGone = other === undefined || !(await isRunning(other));
        if (Date.now() - start > (isGone ? DEAD_PATIENCE_MS : LIVING_PATIENCE_MS)) {
          throw new DataDirectoryInUseError(
            `another manager (process ${other ?? 'unknown'}) is using ${this.#options.dataDir}; stop it, or give this one a data directory of its own`,
          );
        }
        await pause(100);
      }
    } catch (error) {
      await goodbye(holder);
      throw error;
    }
  }

  /** The lock's connection ends when the server does, however that happened and whoever started it. */
  #watch(holder: pg.Client): void {
    const onEnd = (): void => {
      if (this.#holder !== holder) return;
      this.#holder = undefined;
      if (this.#stopping.signal.aborted) return;
      this.#logger.error(
        { postgres_pid: this.#status.pid },
        'embedded PostgreSQL ended unexpectedly',
      );
      this.#setStatus('restarting', 'the embedded PostgreSQL ended unexpectedly');
      this.#restarting = this.#restart();
    };
    holder.once('end', onEnd);
    holder.once('error', onEnd);
  }

  async #restart(): Promise<void> {
    for (let wait: number = BACKOFF_MS.first; ; wait = Math.min(wait * 2, BACKOFF_MS.last)) {
      try {
        await pause(wait, undefined, { signal: this.#stopping.signal });
        await this.#bringUp();
        this.#logger.info({ postgres_pid: this.#status.pid }, 'embedded PostgreSQL is back');
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (error instanceof DataDirectoryInUseError) this.#disown();
        const { message } = error as Error;
        this.#logger.error(
          { err: error, wait_ms: wait },
          'embedded PostgreSQL could not be restarted',
        );
        this.#setStatus('restarting', message);
      }
    }
  }

  /**
   * A start that was given up half way may have left a server behind, before anybody took the lock. It
   * is ended as the child that it is: just started, it has not written its pid file yet.
   */
  async #stopSpawned(): Promise<void> {
    const spawned = this.#spawned;
    this.#spawned = undefined;
    if (spawned?.pid !== undefined && spawned.end() === undefined) await stopPostgres(spawned.pid);
  }

  /** While the connection with the lock is lost, the server it was lost to is still this manager's to end. */
  async #stopUnheld(): Promise<void> {
    await this.#stopSpawned();
    const served = this.#served;
    this.#served = undefined;
    if (this.#cluster === undefined || served === undefined) return;
    if ((await findPostmaster(this.#cluster.dataDir)) === served) await stopPostgres(served);
  }

  /** Whose lock it is, whose server it is, whoever of the two started it. */
  #disown(): void {
    this.#spawned = undefined;
    this.#served = undefined;
  }

  async #ensureDatabase(): Promise<void> {
    const client = this.#holder;
    const { rowCount } =
      (await client?.query('select from pg_database where datname = $1', [DATABASE])) ?? {};
    if (rowCount !== 0) return;
    const query = { text: `create database ${DATABASE}`, query_timeout: START_PATIENCE_MS };
    await client?.query(query);
  }

  #newClient(database: string, name: string): pg.Client {
    const client = new pg.Client({
      host: this.#host(),
      port: PORT,
      user: EMBEDDED_ROLE,
      database,
      application_name: name,
      connectionTimeoutMillis: ANSWER_PATIENCE_MS,
      query_timeout: ANSWER_PATIENCE_MS,
    });
    // Errors of an idle connection come as events; its end is what matters and is watched.
    client.on('error', (error) => {
      this.#logger.debug({ err: error }, 'connection to the embedded PostgreSQL failed');
    });
    return client;
  }

  /** A directory too deep for a socket address is reached through a handle on it (proc_pid_fd(5)). */
  #host(): string {
    const { socketDir } = this.#requireCluster();
    const path = join(socketDir, SOCKET);
    if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return socketDir;
    this.#socketHandle ??= openSync(socketDir, constants.O_RDONLY | constants.O_DIRECTORY);
    return `/proc/self/fd/${this.#socketHandle}`;
  }

  #log(): PostgresLog {
    return new PostgresLog(this.#requireCluster().logFile, this.#logger);
  }

  #requireCluster(): PostgresCluster {
    if (this.#cluster === undefined) throw new Error('the embedded PostgreSQL is not started');
    return this.#cluster;
  }

  async #release(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    if (holder !== undefined) await goodbye(holder);
    if (this.#socketHandle !== undefined) closeSync(this.#socketHandle);
    this.#socketHandle = undefined;
  }

  #setStatus(
    state: EmbeddedPostgresStatus['state'],
    problem: string | undefined,
    pid = state === 'starting' || state === 'stopped' ? undefined : this.#status.pid,
  ): void {
    this.#status = { state, problem, pid };
  }
}

async function goodbye(client: pg.Client): Promise<void> {
  await Promise.race([client.end(), pause(GOODBYE_MS, undefined, { ref: false })]);
}

/** The process that has the manager's lock, as its connection is named. */
async function managerWithLock(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
    [MANAGER_LOCK],
  );
  const [pid] = /\d+$/.exec(rows[0]?.name ?? '') ?? [];
  return pid === undefined ? undefined : Number(pid);
}
