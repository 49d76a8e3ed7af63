import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { labDirectory, stateDirectory } from './places.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** How one host is to be made. */
export interface HostOptions {
  /** Its sshd offers keyboard-interactive alone: neither keys nor the password method. */
  readonly keyboardInteractiveOnly?: boolean;
  /** Index (from 0) of the host through which alone this one can be reached. */
  readonly isolatedBehind?: number;
  /** The port its sshd listens on; 22 unless told otherwise. */
  readonly sshPort?: number;
  /** Has ansible-core and python3, as after `deployment-tool/scripts/install_ansible.sh`. */
  readonly ansible?: boolean;
}

/** Something a lab made on the machine. Recorded before it is made, so that nothing is forgotten. */
export type Resource =
  | { readonly kind: 'bridge' | 'link' | 'netns'; readonly name: string }
  | { readonly kind: 'route'; readonly destination: string }
  | { readonly kind: 'mount' | 'path'; readonly path: string }
  | { readonly kind: 'cgroup'; readonly name: string };

/** What is written down about one host. */
export interface HostRecord {
  readonly number: number;
  readonly name: string;
  readonly options: HostOptions;
  readonly address: string;
  readonly sshPort: number;
  readonly netns: string;
  /** The machine's end of each of the host's network cables, in the order eth0, eth1. */
  readonly links: readonly string[];
  readonly cgroup: string;
  /** systemd-nspawn's name for it, unique on this machine. */
  readonly machine: string;
}

/** Everything there is to know about a lab; kept in its folder as state.json. */
export interface LabRecord {
  readonly version: 1;
  readonly name: string;
  /** Picks the names of bridges and the subnets; unique among the labs that exist. */
  readonly index: number;
  readonly base: string;
  /** What its hosts with Ansible stand on; undefined while there are none. */
  ansibleBase?: string | undefined;
  readonly createdAt: string;
  readonly owner: ProcessIdentity;
  /** Kept when its owner has ended: a lab that `lab up` made. */
  persistent: boolean;
  readonly resources: Resource[];
  readonly hosts: HostRecord[];
}

/** Writes the record down, whole or not at all. */
export function saveLab(record: LabRecord): void {
  const folder = labDirectory(record.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = path.join(folder, 'state.json.new');
  writeFileSync(draft, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(draft, path.join(folder, 'state.json'));
}

/** Reads a lab's record; undefined when there is no such lab. */
export function loadLab(name: string): LabRecord | undefined {
  try {
    const text = readFileSync(path.join(labDirectory(name), 'state.json'), 'utf8');
    return JSON.parse(text) as LabRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The state of lab ${name} cannot be read: ${labDirectory(name)}/state.json`, {
      cause: error,
    });
  }
}

/** The folder that a host's file system lies over. */
export function baseOf(record: LabRecord, { name, options }: HostRecord): string {
  if (options.ansible !== true) return record.base;
  if (record.ansibleBase === undefined)
    throw new Error(`There is no base with Ansible for ${name}.`);
  return record.ansibleBase;
}

/** The names of all lab folders, also of half-made ones. */
export function labNames(): readonly string[] {
  try {
    return readdirSync(path.join(stateDirectory, 'labs'));
  } catch {
    return [];
  }
}

/** Records a resource; to be called before it is made. */
export function claim(record: LabRecord, resource: Resource): void {
  record.resources.push(resource);
  saveLab(record);
}
