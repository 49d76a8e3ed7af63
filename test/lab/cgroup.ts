import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './process-identity.ts';

/**
 * Control groups are how the lab knows its own processes: each is started inside a group, whatever it
 * forks stays there, and ending means ending that group. No pid is ever guessed.
 */
const root = 'myx-lab';

/** The hierarchies a systemd looks at: version 2, and systemd's named one on a hybrid machine. */
function hierarchies(): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const found = mounts
    .map((line) => line.split(' '))
    .filter(([, , type, options]) => type === 'cgroup2' || isSystemdHierarchy(type, options))
    .sort(([, , first], [, , second]) => (second ?? '').localeCompare(first ?? ''))
    .map(([, where]) => where ?? '');
  if (!mounts.some((line) => line.split(' ')[2] === 'cgroup2')) {
    throw new Error('This machine mounts no cgroup v2; the lab needs it to boot systemd hosts.');
  }
  return found;
}

function isSystemdHierarchy(type: string | undefined, options: string | undefined): boolean {
  return type === 'cgroup' && (options ?? '').split(',').includes('name=systemd');
}

/** The group of everything that a lab runs. */
export function labCgroup(lab: string): string {
  return `labs/${lab}`;
}

/** Makes the group (in every hierarchy that matters) and returns its folders, version 2 first. */
export function makeCgroup(name: string): readonly string[] {
  const folders = hierarchies().map((hierarchy) => path.join(hierarchy, root, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  return folders;
}

/** The group's version 2 folder, whether it exists or not. */
export function cgroupFolder(name: string): string {
  return path.join(hierarchies()[0] ?? '', root, name);
}

/** Pids in one group folder, not in the ones below it. */
export function pidsIn(folder: string): readonly number[] {
  try {
    const text = readFileSync(path.join(folder, 'cgroup.procs'), 'utf8');
    return text.split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Ends every process in the group and below, and promises that none is left. */
export async function endCgroup(name: string): Promise<void> {
  const folders = hierarchies().map((hierarchy) => path.join(hierarchy, root, name));
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const left = folders.flatMap((folder) => below(folder).flatMap(pidsIn));
    if (left.every((pid) => startTimeOf(pid) === undefined)) return;
    for (const folder of folders) kill(folder);
    await sleep(10);
  }
  throw new Error(
    `Processes of the lab's group ${name} do not end. Look into ${cgroupFolder(name)}`,
  );
}

/** Removes the group, whose processes must have ended. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    for (const folder of [...below(path.join(hierarchy, root, name))].reverse()) {
      await removeFolder(folder);
    }
    removeIfEmpty(path.join(hierarchy, root, 'labs'));
    removeIfEmpty(path.join(hierarchy, root));
  }
}

async function removeFolder(folder: string): Promise<void> {
  // The kernel lets go of an emptied group a moment after its last process was reaped.
  for (let attempt = 0; existsSync(folder); attempt += 1) {
    try {
      rmdirSync(folder);
    } catch (error) {
      if (attempt === 200) throw error;
      // Something may have been on its way into the group while the rest of it was ended.
      kill(folder);
      await sleep(10);
    }
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Another lab's groups are still in it, or it is gone already.
  }
}

function kill(folder: string): void {
  const file = path.join(folder, 'cgroup.kill');
  if (existsSync(file)) {
    writeFileSync(file, '1');
    return;
  }
  for (const pid of below(folder).flatMap(pidsIn)) killPid(pid);
}

function killPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended by itself in the meantime.
  }
}

/** The folder and all below it, parents first. */
function below(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const found = [folder];
  for (const name of foldersIn(folder)) found.push(...below(path.join(folder, name)));
  return found;
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    // A host's systemd removes groups of what ends while we look.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENODEV'].includes(code)) return [];
    throw error;
  }
}
