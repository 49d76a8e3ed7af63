import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { type AptAccess, readAptAccess, release } from './apt-mirror.ts';
import { bootstrapCommand, customise, recipeFingerprint } from './base-recipe.ts';
import { endCgroup, makeCgroup, removeCgroup } from './cgroup.ts';
import { withFileLock } from './file-lock.ts';
import { labNames, loadLab } from './lab-state.ts';
import { removeTree } from './mounts.ts';
import { cacheDirectory, script } from './places.ts';
import { mustRun } from './run-program.ts';

const buildGroup = 'base-build';

/** What making a base takes and says. */
export interface BaseOptions {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `use` with the folder of a ready Debian base and the way to its mirror, making it first when there is none for today's
 * recipe (under a minute). While `use` runs nobody removes the base; it should write down in a lab's
 * record that the lab stands on it.
 */
export async function withBase<T>(
  options: BaseOptions,
  use: (folder: string, access: AptAccess) => Promise<T>,
): Promise<T> {
  return withFileLock(path.join(cacheDirectory, 'base.lock'), 900, async () => {
    await clearUnfinished();
    const access = await readAptAccess();
    const prefix = basePrefix(access);
    const base = newestBase(prefix) ?? (await buildBase(prefix, access, options));
    return use(base, access);
  });
}

/** Makes the base anew. Labs that stand on the old one keep it. */
export async function rebuildBase(options: BaseOptions): Promise<string> {
  return withFileLock(path.join(cacheDirectory, 'base.lock'), 900, async () => {
    const access = await readAptAccess();
    return buildBase(basePrefix(access), access, options);
  });
}

function basePrefix(access: AptAccess): string {
  return `base-${recipeFingerprint(access)}-`;
}

function newestBase(prefix: string): string | undefined {
  const names = existsSync(cacheDirectory) ? readdirSync(cacheDirectory) : [];
  const newest = names.filter((name) => name.startsWith(prefix)).sort();
  const name = newest.at(-1);
  return name === undefined ? undefined : path.join(cacheDirectory, name);
}

async function buildBase(prefix: string, access: AptAccess, options: BaseOptions): Promise<string> {
  const started = Date.now();
  options.log(`Making the Debian ${release} base in ${cacheDirectory} (once, about a minute) ...`);
  await clearUnfinished();
  const draft = path.join(cacheDirectory, `draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  try {
    await bootstrap(draft, access, options);
    await customise(draft, access);
    // The name sorts by time, so the newest is the last.
    const finished = path.join(cacheDirectory, `${prefix}${Date.now()}`);
    renameSync(draft, finished);
    await removeUnusedBases(finished);
    options.log(`The base is ready after ${Math.round((Date.now() - started) / 1000)} s.`);
    return finished;
  } catch (error) {
    await clearUnfinished();
    throw error;
  }
}

/** Ends and removes what an interrupted build left. The caller holds the lock. */
async function clearUnfinished(): Promise<void> {
  await endCgroup(buildGroup);
  await removeCgroup(buildGroup);
  for (const name of existsSync(cacheDirectory) ? readdirSync(cacheDirectory) : []) {
    if (name.startsWith('draft-')) await removeTree(path.join(cacheDirectory, name));
  }
}

async function bootstrap(target: string, access: AptAccess, options: BaseOptions): Promise<void> {
  const environment = access.proxy === undefined ? {} : { http_proxy: access.proxy };
  const grouped = ['/bin/sh', script('in-cgroup.sh'), ...makeCgroup(buildGroup), '--'];
  const command = [...grouped, ...bootstrapCommand(target, access)];
  await mustRun(command, { environment, signal: options.signal });
  await removeCgroup(buildGroup);
}

async function removeUnusedBases(keep: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const used = new Set(labNames().map((name) => loadLab(name)?.base));
  for (const name of readdirSync(cacheDirectory)) {
    const folder = path.join(cacheDirectory, name);
    if (!name.startsWith('base-') || name === 'base.lock') continue;
    const mounted = mounts.includes(`lowerdir=${folder},`);
    if (folder !== keep && !used.has(folder) && !mounted) await removeTree(folder);
  }
}
