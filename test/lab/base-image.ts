import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ansibleFingerprint, installAnsible } from './ansible-base.ts';
import { type AptAccess, readAptAccess, release } from './apt-mirror.ts';
import { bootstrapCommand, customise, recipeFingerprint } from './base-recipe.ts';
import { endCgroup, makeCgroup, removeCgroup } from './cgroup.ts';
import { withFileLock } from './file-lock.ts';
import { labNames, loadLab } from './lab-state.ts';
import { removeTree } from './mounts.ts';
import { cacheDirectory, script } from './places.ts';
import { mustRun } from './run-program.ts';

const buildGroup = 'base-build';
const ansiblePrefix = 'ansible-';

/** What making a base takes and says. */
export interface BaseOptions {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The folders that hosts stand on. */
export interface Bases {
  readonly plain: string;
  /** The same with Ansible; undefined unless it was asked for. */
  readonly ansible: string | undefined;
}

/**
 * Runs `use` with the folders of the ready Debian bases and the way to their mirror, making what there
 * is none of for today's recipes (under a minute each). While `use` runs nobody removes them; it should
 * write down in a lab's record that the lab stands on them.
 */
export async function withBases<T>(
  options: BaseOptions & { readonly ansible: boolean },
  use: (bases: Bases, access: AptAccess) => Promise<T>,
): Promise<T> {
  return withFileLock(path.join(cacheDirectory, 'base.lock'), 900, async () => {
    await clearUnfinished();
    const access = await readAptAccess();
    const prefix = basePrefix(access);
    const plain = newestBase(prefix) ?? (await buildBase(prefix, access, options));
    const ansible = options.ansible ? await ansibleBase(plain, access, options) : undefined;
    return use({ plain, ansible }, access);
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
  options.log(`Making the Debian ${release} base in ${cacheDirectory} (once, about a minute) ...`);
  // The name sorts by time, so the newest is the last.
  const finished = path.join(cacheDirectory, `${prefix}${Date.now()}`);
  await build(finished, options, async (draft) => {
    await bootstrap(draft, access, options);
    await customise(draft, access);
  });
  await removeUnusedBases(finished);
  return finished;
}

/** The base with Ansible that belongs to a plain one: a copy of that, so it goes out of date with it. */
async function ansibleBase(
  plain: string,
  access: AptAccess,
  options: BaseOptions,
): Promise<string> {
  const finished = path.join(
    cacheDirectory,
    `${ansiblePrefix}${path.basename(plain)}-${ansibleFingerprint()}`,
  );
  if (existsSync(finished)) return finished;
  options.log(`Making the base with Ansible in ${cacheDirectory} (once, about a minute) ...`);
  await build(finished, options, async (draft) => {
    await mustRun(['cp', '--archive', '--reflink=auto', '--', `${plain}/.`, draft]);
    await installAnsible(draft, access, { cgroup: buildGroup, signal: options.signal });
    await removeCgroup(buildGroup);
  });
  await removeUnusedBases(plain, finished);
  return finished;
}

/** Fills a folder, which gets its name only when it is whole. */
async function build(
  finished: string,
  options: BaseOptions,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const started = Date.now();
  await clearUnfinished();
  const draft = path.join(cacheDirectory, `draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    renameSync(draft, finished);
    options.log(`The base is ready after ${Math.round((Date.now() - started) / 1000)} s.`);
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

async function removeUnusedBases(...keep: readonly string[]): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const labs = labNames().map((name) => loadLab(name));
  const used = new Set([...keep, ...labs.flatMap((lab) => [lab?.base, lab?.ansibleBase])]);
  for (const name of readdirSync(cacheDirectory)) {
    const folder = path.join(cacheDirectory, name);
    const isBase = name.startsWith('base-') || name.startsWith(ansiblePrefix);
    const mounted = mounts.includes(`lowerdir=${folder},`);
    if (isBase && !used.has(folder) && !mounted) await removeTree(folder);
  }
}
