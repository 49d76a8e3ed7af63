import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type Account, isErrno } from './postgres-account.js';

/**
 * The data directory as PostgreSQL is told it. Every process of the server has its working directory
 * there, so this always leads to the right place, even when a directory above it may be entered only by
 * root (the manager's data often lies under /root or in a private state directory).
 */
export const OWN_DIRECTORY = '/proc/self/cwd';

/** Where PostgreSQL notes its process, in its data directory. */
const PID_FILE = 'postmaster.pid';

/** How PostgreSQL is told to stop (see "Shutting Down the Server" in its manual). */
const STOP_SIGNALS = [
  { signal: 'SIGINT', patienceMs: 15_000 },
  { signal: 'SIGQUIT', patienceMs: 5_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
] as const;

/** How long orphaned server processes may take to notice that their parent is gone. */
const ORPHAN_PATIENCE_MS = 10_000;

/** What starts a server on a data directory. */
export interface PostgresStart {
  readonly program: string;
  readonly dataDir: string;
  readonly account: Account;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** A PostgreSQL server that was started here. */
export interface StartedPostgres {
  /** Undefined when the program could not be executed. */
  readonly pid: number | undefined;
  /** How the process ended, in words; undefined while it has not. */
  end(): string | undefined;
}

/**
 * The server that runs on `dataDir`, also one that a killed manager left behind. The pid file's word is
 * not taken for it: the process must be a PostgreSQL and have its working directory in `dataDir`.
 */
export async function findPostmaster(dataDir: string): Promise<number | undefined> {
  const pid = await recordedPid(join(dataDir, PID_FILE));
  return pid !== undefined && (await servesDirectory(pid, await realpath(dataDir)))
    ? pid
    : undefined;
}

/**
 * Waits for orphaned processes of a server that no longer exists: PostgreSQL refuses to start beside them,
 * and they may still write. Then removes its pid file and the lock of its socket when there is a process of that
 * number, another one after a reboot or in a restarted container, or a zombie: PostgreSQL would refuse to start over
 * them.
 * @throws Error when such processes stay
 */
export async function clearStaleLocks(dataDir: string, socketLock: string): Promise<void> {
  const pidFile = join(dataDir, PID_FILE);
  const pid = await recordedPid(pidFile);
  if (pid === undefined) return;
  const path = await realpath(dataDir);
  const deadline = Date.now() + ORPHAN_PATIENCE_MS;
  for (;;) {
    const left = await processesIn(path);
    if (left.includes(pid)) return;
    if (left.length === 0) break;
    if (Date.now() > deadline) {
      throw new Error(
        `processes ${left.join(', ')} of an earlier PostgreSQL still use ${path}; end them and start again`,
      );
    }
    await pause(100);
  }
  // A number that nobody has is PostgreSQL's own business: it checks more than can be seen from here.
  if ((await stateOf(pid)) === undefined) return;
  for (const lock of [pidFile, socketLock]) {
    if ((await recordedPid(lock)) === pid) await rm(lock, { force: true });
  }
}

/** Starts the server, detached: a Ctrl-C for the manager must not reach it before the manager is done. */
export function spawnPostgres(start: PostgresStart): StartedPostgres {
  const log = openSync(start.logFile, 'a', 0o600);
  try {
    const child = spawn(
      start.program,
      [
        '-D',
        OWN_DIRECTORY,
        ...Object.entries(start.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...start.account,
        cwd: start.dataDir,
        detached: true,
        stdio: ['ignore', log, log],
        env: { LC_ALL: 'C', TZ: 'UTC' },
      },
    );
    let end: string | undefined;
    child.once('error', (error) => {
      end = `could not be started: ${error.message}`;
    });
    child.once('exit', (code, signal) => {
      end = signal === null ? `exit status ${code ?? 'unknown'}` : `killed by ${signal}`;
    });
    child.unref();
    return { pid: child.pid, end: () => end };
  } finally {
    closeSync(log);
  }
}

/**
 * Stops the server: cleanly first (sessions are ended, data is written), harder when that takes too
 * long. Ends when the process is gone, after 25 s at most.
 * @throws Error when it survives even SIGKILL
 */
export async function stopPostgres(pid: number): Promise<void> {
  for (const { signal, patienceMs } of STOP_SIGNALS) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (isErrno(error, 'ESRCH')) return;
      throw error;
    }
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!(await isRunning(pid))) return;
      await pause(10);
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) does not end`);
}

/** Whether the process exists and is not a zombie waiting to be reaped. */
export async function isRunning(pid: number): Promise<boolean> {
  const state = await stateOf(pid);
  return state !== undefined && state !== 'Z';
}

/** The letter of a process's state; undefined when there is no such process, not even a zombie. */
async function stateOf(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the state follows the name, which is in parentheses and may hold any character.
    return status.charAt(status.lastIndexOf(')') + 2);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

async function recordedPid(lock: string): Promise<number | undefined> {
  try {
    const [line] = (await readFile(lock, 'utf8')).split('\n');
    const pid = Number(line);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function processesIn(path: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc'))
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1);
  const serving = await Promise.all(pids.map((pid) => servesDirectory(pid, path)));
  return pids.filter((_pid, index) => serving[index]);
}

async function servesDirectory(pid: number, path: string): Promise<boolean> {
  try {
    const [directory, program] = await Promise.all([
      readlink(`/proc/${pid}/cwd`),
      readlink(`/proc/${pid}/exe`),
    ]);
    // The kernel appends a note when the program was replaced on disk, as an upgrade does.
    return (
      directory === path && /\/postgres( \(deleted\))?$/.test(program) && (await isRunning(pid))
    );
  } catch (error) {
    // Gone, or of another user: PostgreSQL of this data directory is neither.
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return false;
    throw error;
  }
}
