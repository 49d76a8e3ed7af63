import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, lchown, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  type Account,
  borrowedAccount,
  dedicatedAccount,
  isErrno,
  ownAccount,
  readPasswd,
} from './postgres-account.js';
import { type PostgresBinaries, preparePostgresBinaries } from './postgres-binaries.js';
import { OWN_DIRECTORY } from './postgres-process.js';

const run = promisify(execFile);

/** The one role of the embedded server; it owns everything. */
export const EMBEDDED_ROLE = 'myx';

/** Where a copy of the programs goes when the installed ones are out of the serving account's reach. */
const SHARED_COPY = '/var/lib/myx-postgres';

/** The parts of an embedded PostgreSQL on disk, and who serves it. */
export interface PostgresCluster {
  readonly binaries: PostgresBinaries;
  /** User of the server process; the manager's own unless that is root. */
  readonly account: Account;
  /** PostgreSQL's data directory. */
  readonly dataDir: string;
  /** Directory of the socket. */
  readonly socketDir: string;
  readonly logFile: string;
}

/**
 * Makes `<dataDir>/postgres` ready to serve: directories and owners, programs, the database files (created
 * whole or not at all at first start) and who may connect. No password exists: PostgreSQL asks the kernel who is at
 * the other end of the socket and admits the manager's user alone (peer authentication).
 * @throws Error when the data belongs to somebody else or to another major version of PostgreSQL
 */
export async function prepareCluster(managerDir: string): Promise<PostgresCluster> {
  const own = ownAccount();
  const isRoot = own.uid === 0;
  const root = join(managerDir, 'postgres');
  await mkdir(managerDir, { recursive: true, mode: 0o700 });
  // The server enters its socket directory through this one, so others must be able to pass.
  await ensureDirectory(root, 0o711);
  const dataDir = join(root, 'data');
  const account = await servingAccount(own, dataDir, managerDir);
  const binaries = await preparePostgresBinaries(
    account,
    isRoot ? SHARED_COPY : join(root, 'programs'),
  );
  await removeAbandoned(root);
  await createDatabaseFiles({ root, dataDir, binaries, account, isRoot });
  await checkMajorVersion(dataDir, binaries.major);
  const socketDir = join(root, 'run');
  await ensureDirectory(socketDir, 0o711);
  await chown(socketDir, account.uid, account.gid);
  await writeAccessRules(dataDir, account, own.name);
  return { binaries, account, dataDir, socketDir, logFile: join(root, 'postgres.log') };
}

async function ensureDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** Existing data keeps its owner, so that a manager that changes between root and a service user finds it. */
async function servingAccount(own: Account, dataDir: string, managerDir: string): Promise<Account> {
  const existing = await stat(dataDir).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (own.uid === 0) {
    if (existing === undefined) return dedicatedAccount(managerDir, readPasswd());
    if (existing.uid === 0) {
      throw new Error(
        `${dataDir} belongs to root, as which PostgreSQL does not run; restore its owner`,
      );
    }
    return { uid: existing.uid, gid: existing.gid };
  }
  if (existing !== undefined && existing.uid !== own.uid) {
    throw new Error(
      `${dataDir} belongs to user ${existing.uid}, but this process runs as user ${own.uid}; ` +
        'run the manager as root or as that user',
    );
  }
  return own;
}

interface Creation {
  readonly root: string;
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly account: Account;
  readonly isRoot: boolean;
}

/** `initdb` works in a directory aside; the rename at the end makes it the data directory. */
async function createDatabaseFiles(creation: Creation): Promise<void> {
  const { root, dataDir, binaries, account, isRoot } = creation;
  if (await hasVersion(dataDir)) return;
  const staging = join(root, `new-${process.pid}-${randomBytes(4).toString('hex')}`);
  const worker = isRoot ? borrowedAccount(readPasswd()) : account;
  await mkdir(staging, { mode: 0o700 });
  try {
    await chown(staging, worker.uid, worker.gid);
    await initialise(binaries.initdb, staging, worker);
    await giveTo(account, staging);
    await rename(staging, dataDir);
  } catch (error) {
    // Another manager was faster; its files are as good.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The builtin C.UTF-8 locale sorts the same everywhere and does not depend on the machine's libraries. */
async function initialise(program: string, directory: string, worker: Account): Promise<void> {
  const args = [
    ...['-D', OWN_DIRECTORY, '-U', EMBEDDED_ROLE, '--no-instructions', '--encoding=UTF8'],
    ...['--locale-provider=builtin', '--locale=C.UTF-8'],
    ...['--auth-local=peer', '--auth-host=reject'],
  ];
  try {
    await run(program, args, {
      uid: worker.uid,
      gid: worker.gid,
      cwd: directory,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      timeout: 300_000,
    });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim() ?? '';
    throw new Error(`initdb could not create the database files: ${stderr}`, { cause: error });
  }
}

async function giveTo(account: Account, directory: string): Promise<void> {
  await lchown(directory, account.uid, account.gid);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}

async function hasVersion(dataDir: string): Promise<boolean> {
  try {
    await stat(join(dataDir, 'PG_VERSION'));
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function checkMajorVersion(dataDir: string, major: number): Promise<void> {
  const found = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  if (found !== String(major)) {
    throw new Error(
      `${dataDir} was written by PostgreSQL ${found}, but this manager brings PostgreSQL ${major}, which cannot read it. ` +
        `Start the previous version of the manager, export with PostgreSQL ${found}'s pg_dump, move the directory aside, ` +
        'and import into the new one',
    );
  }
}

/** What killed managers left half made. Work of a living process stays. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /^new-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || (await hasProcess(Number(pid)))) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
}

async function hasProcess(pid: number): Promise<boolean> {
  try {
    await stat(`/proc/${pid}`);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** pg_hba.conf and pg_ident.conf: the manager's user over the socket, and nobody else. */
async function writeAccessRules(dataDir: string, account: Account, manager: string): Promise<void> {
  await replaceFile(join(dataDir, 'pg_hba.conf'), 'local all all peer map=manager\n', account);
  await replaceFile(
    join(dataDir, 'pg_ident.conf'),
    `manager "${manager.replaceAll('"', '""')}" ${EMBEDDED_ROLE}\n`,
    account,
  );
}

/** A rename replaces what is there; writing in place would follow a link planted by the serving account. */
async function replaceFile(path: string, content: string, account: Account): Promise<void> {
  const staging = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(staging, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.chown(account.uid, account.gid);
  } finally {
    await file.close();
  }
  await rename(staging, path);
}
