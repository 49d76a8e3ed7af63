import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';

import { eventually } from '../../../../test/support/eventually.js';
import { type SourceProcess, startSource } from '../../../../test/support/source-process.js';
import { driverOptions } from './database-connection.js';
import { DataDirectoryInUseError, EmbeddedPostgres } from './embedded-postgres.js';
import { borrowedAccount, readPasswd } from './postgres-account.js';
import { findPostmaster, stopPostgres } from './postgres-process.js';

const OTHER_MANAGER = new URL(
  '../../../../test/support/embedded-postgres-process.ts',
  import.meta.url,
).pathname;

jest.setTimeout(180_000);

let parent: string;
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const others: SourceProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'myx-embedded-'));
  dataDir = join(parent, 'data');
});

afterEach(async () => {
  const killed = others.splice(0);
  await Promise.all(killed.map((other) => other.kill()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  // What a killed manager left running has no other owner.
  if (killed.length > 0) await stopLeftover();
  await rm(parent, { recursive: true, force: true });
});

function makeServer(directory = dataDir): EmbeddedPostgres {
  const server = new EmbeddedPostgres({ dataDir: directory, logger: pino({ level: 'silent' }) });
  servers.push(server);
  return server;
}

async function stopLeftover(): Promise<void> {
  const pid = await findPostmaster(join(dataDir, 'postgres', 'data'));
  if (pid !== undefined) await stopPostgres(pid);
}

/** Empty for a process that is gone or only waits to be reaped. */
async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

function startOther(...settings: string[]): SourceProcess {
  const other = startSource(OTHER_MANAGER, [dataDir, ...settings]);
  others.push(other);
  return other;
}

async function query<T extends pg.QueryResultRow>(
  server: EmbeddedPostgres,
  sql: string,
): Promise<T[]> {
  const client = new pg.Client(driverOptions(server.connection));
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The server's process that serves the manager which has the lock. */
async function lockedBackend(): Promise<number> {
  const client = new pg.Client({
    ...{ host: join(dataDir, 'postgres/run'), port: 5432 },
    ...{ user: 'myx', database: 'postgres' },
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted`,
    );
    return rows[0]?.pid ?? 0;
  } finally {
    await client.end();
  }
}

/** The server notes in its pid file that it was told to stop. */
async function isStopping(): Promise<true | undefined> {
  const noted = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  return /^stopping\b/m.test(noted) ? true : undefined;
}

async function untilReady(server: EmbeddedPostgres): Promise<void> {
  while (server.status().state !== 'ready') await pause(20);
}

describe('EmbeddedPostgres', () => {
  it('creates the database at first start and finds it again', async () => {
    const first = makeServer();
    await first.start();
    await query(first, 'create table kept (id int); insert into kept values (7)');
    await first.stop();

    const second = makeServer();
    await second.start();

    expect(await query(second, 'select id from kept')).toEqual([{ id: 7 }]);
    expect(second.status()).toMatchObject({ state: 'ready', problem: undefined });
  });

  it('writes durably, listens on no network address, and keeps rows out of its log', async () => {
    const server = makeServer();
    await server.start();

    const settings = await query(
      server,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('listen_addresses') as addresses, current_setting('log_error_verbosity') as verbosity`,
    );

    expect(settings).toEqual([{ fsync: 'on', commit: 'on', addresses: '', verbosity: 'terse' }]);
  });

  it('serves as an unprivileged user that owns the files', async () => {
    const server = makeServer();
    await server.start();
    const owner = await stat(join(dataDir, 'postgres', 'data'));
    const status = await readFile(`/proc/${server.status().pid ?? 0}/status`, 'utf8');

    expect(owner.uid).not.toBe(0);
    expect(owner.mode & 0o777).toBe(0o700);
    expect(status).toMatch(new RegExp(`^Uid:\\t${owner.uid}\\t`, 'm'));
  });

  it('works below a directory that others cannot enter, however long its path', async () => {
    const deep = join(parent, 'private', 'x'.repeat(60), 'y'.repeat(60));
    await mkdir(deep, { recursive: true, mode: 0o700 });

    const server = makeServer(deep);
    await server.start();

    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('takes over the server that a killed manager left running', async () => {
    const killed = startOther();
    const pid = Number((await killed.nextLine()).replace('ready ', ''));
    await killed.kill();

    const successor = makeServer();
    await successor.start();

    expect(successor.status()).toMatchObject({ state: 'ready', pid });
    await successor.stop();
    expect(await commandLine(pid)).toBe('');
  });

  it('takes it over also when it is slow to notice that its manager is gone', async () => {
    const killed = startOther();
    const pid = Number((await killed.nextLine()).replace('ready ', ''));
    const busy = await lockedBackend();
    process.kill(busy, 'SIGSTOP');
    await killed.kill();
    const successor = makeServer();
    const starting = successor.start();
    await Promise.race([starting, pause(3_000)]);
    process.kill(busy, 'SIGCONT');

    await starting;

    expect(successor.status()).toMatchObject({ state: 'ready', pid });
  });

  it('refuses a second manager, names the first, and leaves its server alone', async () => {
    const other = startOther();
    await other.nextLine();

    const second = makeServer();

    await expect(second.start()).rejects.toThrow(DataDirectoryInUseError);
    expect(second.status().problem).toContain(`process ${other.pid}`);
    await second.stop();
    const answers = startOther();
    expect(await answers.nextLine()).toContain(`process ${other.pid}`);
  });

  it('lets exactly one of several managers win that start together on nothing', async () => {
    const lines = await Promise.all(
      [startOther(), startOther(), startOther()].map((other) => other.nextLine()),
    );

    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual(['ready', 'refused', 'refused']);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['data', 'postgres.log', 'run']);
  });

  it('restarts a server that was killed, and keeps what was committed', async () => {
    const server = makeServer();
    await server.start();
    await query(server, 'create table kept (id int); insert into kept values (7)');
    const pid = server.status().pid ?? 0;

    process.kill(pid, 'SIGKILL');
    while (server.status().state === 'ready') await pause(5);
    expect(server.status()).toMatchObject({ state: 'restarting', problem: expect.any(String) });
    await untilReady(server);

    expect(server.status().pid).not.toBe(pid);
    expect(await query(server, 'select id from kept')).toEqual([{ id: 7 }]);
  });

  it('can be stopped while it tries to restart', async () => {
    const server = makeServer();
    await server.start();
    process.kill(server.status().pid ?? 0, 'SIGKILL');
    while (server.status().state === 'ready') await pause(5);

    await server.stop();

    expect(server.status().state).toBe('stopped');
    expect(await findPostmaster(join(dataDir, 'postgres', 'data'))).toBeUndefined();
  });

  it('leaves nothing running when it is stopped while the server recovers', async () => {
    const server = makeServer();
    await server.start();
    const pid = server.status().pid;
    process.kill(pid ?? 0, 'SIGKILL');
    while (server.status().state === 'ready' || server.status().pid === pid) await pause(1);

    await server.stop();

    expect(await findPostmaster(join(dataDir, 'postgres', 'data'))).toBeUndefined();
  });

  it('leaves nothing running when it is stopped before the new server has said who it is', async () => {
    const server = makeServer();
    await server.start();
    const killed = server.status().pid;
    process.kill(killed ?? 0, 'SIGKILL');
    while (server.status().state === 'ready' || server.status().pid === killed) await pause(1);
    const pid = server.status().pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const stopping = server.stop();
    await Promise.race([stopping, pause(1_000)]);
    process.kill(pid, 'SIGCONT');

    await stopping;

    expect(await commandLine(pid)).toBe('');
  });

  it('leaves nothing running when the start is given up', async () => {
    const server = makeServer();
    const givenUp = new AbortController();
    const starting = server.start(givenUp.signal);
    while (server.status().pid === undefined) await pause(1);
    const pid = server.status().pid ?? 0;
    givenUp.abort(new Error('given up'));

    await expect(starting).rejects.toThrow('given up');

    expect(await commandLine(pid)).toBe('');
  });

  it('ends a server that it took over also while its connection to it is lost', async () => {
    const killed = startOther();
    const pid = Number((await killed.nextLine()).replace('ready ', ''));
    await killed.kill();
    const successor = makeServer();
    await successor.start();
    await query(successor, `select pg_terminate_backend(${await lockedBackend()})`);
    while (successor.status().state === 'ready') await pause(1);

    await successor.stop();

    expect(await commandLine(pid)).toBe('');
  });

  it('ends a server that does not answer any more', async () => {
    const server = makeServer();
    await server.start();
    const silent = await lockedBackend();
    process.kill(silent, 'SIGSTOP');
    const stopping = server.stop();
    await eventually('the server is told to stop', isStopping, { deadlineMs: 30_000 }).finally(() =>
      process.kill(silent, 'SIGCONT'),
    );

    await stopping;

    expect(await findPostmaster(join(dataDir, 'postgres', 'data'))).toBeUndefined();
  });

  it('waits for what a killed server left running', async () => {
    const killed = startOther();
    const pid = Number((await killed.nextLine()).replace('ready ', ''));
    const [orphan = 0] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
      .trim()
      .split(' ')
      .map(Number);
    process.kill(orphan, 'SIGSTOP');
    process.kill(pid, 'SIGKILL');
    await killed.kill();
    const successor = makeServer();
    const starting = successor.start();
    await Promise.race([starting, pause(1_500)]);
    process.kill(orphan, 'SIGCONT');

    await starting;

    expect(successor.status().state).toBe('ready');
  });

  it('serves as the manager itself when that is not root', async () => {
    const { uid, gid } = borrowedAccount(readPasswd());
    await mkdir(dataDir, { mode: 0o700 });
    await chown(parent, uid, gid);
    await chown(dataDir, uid, gid);
    const other = startSource(OTHER_MANAGER, [dataDir], { uid, gid });
    others.push(other);

    const [word, pid] = (await other.nextLine()).split(' ');

    expect(word).toBe('ready');
    expect(await readFile(`/proc/${pid ?? ''}/status`, 'utf8')).toMatch(
      new RegExp(`^Uid:\\t${uid}\\t`, 'm'),
    );
  });

  it('keeps serving data as its owner when the manager becomes root', async () => {
    const { uid, gid } = borrowedAccount(readPasswd());
    await mkdir(dataDir, { mode: 0o700 });
    await chown(parent, uid, gid);
    await chown(dataDir, uid, gid);
    const other = startSource(OTHER_MANAGER, [dataDir], { uid, gid });
    others.push(other);
    await other.nextLine();
    await other.kill();
    await stopLeftover();

    const server = makeServer();
    await server.start();

    expect((await stat(join(dataDir, 'postgres', 'data'))).uid).toBe(uid);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts over the locks of a dead server whose number belongs to another process now', async () => {
    const server = makeServer();
    await server.start();
    await server.stop();
    const { uid } = await stat(join(dataDir, 'postgres', 'data'));
    const other = spawn('sleep', ['600'], { uid, stdio: 'ignore' });
    const locks = ['data/postmaster.pid', 'run/.s.PGSQL.5432.lock'];
    for (const lock of locks) {
      await writeFile(join(dataDir, 'postgres', lock), `${other.pid ?? 0}\n`);
    }

    await makeServer()
      .start()
      .finally(() => other.kill());

    expect(servers.at(-1)?.status().state).toBe('ready');
  });

  it('refuses data of another major version and says so', async () => {
    const server = makeServer();
    await server.start();
    await server.stop();
    await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '17\n');

    await expect(makeServer().start()).rejects.toThrow(
      /was written by PostgreSQL 17.*brings PostgreSQL 18/,
    );
    await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '18\n');
  });

  it('gives the end of the server log when the server does not start', async () => {
    const other = startOther('max_connections=nonsense');

    expect(await other.nextLine()).toMatch(/^refused .*did not start: exit status 1 .*"nonsense"/);
  });
});
