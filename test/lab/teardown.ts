import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { endCgroup, removeCgroup } from './cgroup.ts';
import { labNames, type LabRecord, loadLab, type Resource, saveLab } from './lab-state.ts';
import { removeTree, unmountBelow } from './mounts.ts';
import { labDirectory } from './places.ts';
import { isAlive } from './process-identity.ts';
import { run } from './run-program.ts';

/**
 * Removes everything that a lab's record names, and nothing else. Safe to repeat: what is gone
 * already is passed over, and the record itself goes last.
 */
export async function removeLab(record: LabRecord): Promise<void> {
  await removeResources(record.resources);
  const folder = labDirectory(record.name);
  for (const part of ['hosts', 'keys']) await removeTree(path.join(folder, part));
  await rm(folder, { recursive: true, force: true });
}

/** Removes what a lab has made since it had that many resources. */
export async function removeSince(record: LabRecord, earlier: number): Promise<void> {
  await removeResources(record.resources.slice(earlier));
  record.resources.length = earlier;
  saveLab(record);
}

async function removeResources(resources: readonly Resource[]): Promise<void> {
  const latestFirst = [...resources].reverse();
  // Keepers were claimed after the hosts they keep, so they end first and boot nothing again.
  for (const resource of latestFirst) {
    if (resource.kind === 'cgroup') await endCgroup(resource.name);
  }
  for (const resource of latestFirst) await removeResource(resource);
}

/** Removes the labs whose owner ended without closing them. The caller holds the labs' lock. */
export async function removeAbandonedLabs(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of labNames()) {
    const record = loadLab(name);
    if (record === undefined) {
      // Killed before it recorded, and so before it made, anything.
      await removeTree(labDirectory(name));
    } else if (!record.persistent && !isAlive(record.owner)) {
      await removeLab(record);
      removed.push(name);
    }
  }
  return removed;
}

async function removeResource(resource: Resource): Promise<void> {
  switch (resource.kind) {
    case 'cgroup':
      return removeCgroup(resource.name);
    case 'mount':
      return unmountBelow(resource.path);
    case 'path':
      return removeTree(resource.path);
    case 'netns':
      return removeNamespace(resource.name);
    case 'link':
    case 'bridge':
      return removeLink(resource.name);
    case 'route':
      await run(['ip', 'route', 'del', 'unreachable', resource.destination]);
  }
}

async function removeLink(name: string): Promise<void> {
  if (!existsSync(`/sys/class/net/${name}`)) return;
  const outcome = await run(['ip', 'link', 'del', name]);
  // The kernel may have taken it away with its namespace meanwhile.
  if (outcome.code !== 0 && existsSync(`/sys/class/net/${name}`)) {
    throw new Error(`The network link ${name} cannot be removed: ${outcome.stderr.trim()}`);
  }
}

async function removeNamespace(name: string): Promise<void> {
  if (!existsSync(`/run/netns/${name}`)) return;
  const outcome = await run(['ip', 'netns', 'del', name]);
  if (outcome.code !== 0) {
    throw new Error(`The network namespace ${name} cannot be removed: ${outcome.stderr.trim()}`);
  }
}
