import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ensureSystemPackages, SYSTEM_PACKAGES } from '../support/system-packages.ts';
import { loadAccounts, makeAccounts, type LabUsers } from './accounts.ts';
import type { AptAccess } from './apt-mirror.ts';
import { rebuildBase, withBases } from './base-image.ts';
import { labCgroup } from './cgroup.ts';
import { withFileLock } from './file-lock.ts';
import { introduceHosts, makeHostFiles } from './host-files.ts';
import { LabHost } from './lab-host.ts';
import {
  claim,
  type HostOptions,
  type HostRecord,
  labNames,
  type LabRecord,
  loadLab,
  saveLab,
} from './lab-state.ts';
import { startMirrorProxy } from './mirror-proxy.ts';
import {
  addressOf,
  isIndexFree,
  makeBridges,
  makeHostNetwork,
  managerAddress,
  maximumLabs,
} from './network.ts';
import { stateDirectory } from './places.ts';
import { thisProcess } from './process-identity.ts';
import { sshFiles, writeSshFiles } from './ssh-client.ts';
import { removeAbandonedLabs, removeLab, removeSince } from './teardown.ts';

/** What lab to make. */
export interface LabOptions {
  /** Lower-case letters, digits and dashes; a unique one is made up when there is none. */
  readonly name?: string;
  /** How many plain hosts, or what hosts exactly. One unless told otherwise. */
  readonly hosts?: number | readonly HostOptions[];
  /** Keeps the lab when this process ends without closing it. Off unless told otherwise. */
  readonly persistent?: boolean;
  /** Stops the making; what was made is removed. */
  readonly signal?: AbortSignal;
  /** Hears what takes long. Silent unless told otherwise. */
  readonly log?: (line: string) => void;
}

/** Some real Debian hosts on a network of their own, on this machine. */
export class Lab {
  readonly name: string;
  /** The machine's own address on the hosts' network. */
  readonly managerAddress: string;
  readonly users: LabUsers;
  /** A known_hosts file for OpenSSH's client that holds all hosts' keys. */
  readonly knownHostsFile: string;
  /** A configuration for OpenSSH's client: `ssh -F FILE h1` is in as root. Knows jump hosts too. */
  readonly sshConfigFile: string;

  readonly #record: LabRecord;
  #hosts: readonly LabHost[];

  private constructor(record: LabRecord, users: LabUsers) {
    this.name = record.name;
    this.managerAddress = managerAddress(record);
    this.users = users;
    this.knownHostsFile = sshFiles(record.name).knownHosts;
    this.sshConfigFile = sshFiles(record.name).config;
    this.#record = record;
    this.#hosts = record.hosts.map((host) => new LabHost(record, host, users));
  }

  /** The hosts, in the order asked for. */
  get hosts(): readonly LabHost[] {
    return this.#hosts;
  }

  /**
   * Makes a lab and waits until all its hosts are up. On failure everything is removed again.
   * Removes first what labs of ended processes left. Installs missing Debian packages.
   */
  static async open(options: LabOptions = {}): Promise<Lab> {
    await requirePackages(options);
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    const { record, access } = await begin(options);
    try {
      const makingUsers = makeAccounts(record.name);
      await allDone([makingUsers, makeBridges(record)]);
      await startMirrorProxy(record, access);
      const lab = new Lab(record, await makingUsers);
      await lab.#makeHosts(record.hosts, options.signal);
      record.persistent = options.persistent ?? false;
      saveLab(record);
      return lab;
    } catch (error) {
      await removeLab(record);
      throw error;
    }
  }

  /** Takes hold of a lab that exists, made by this or another process. */
  static attach(name: string): Lab {
    const record = loadLab(name);
    if (record === undefined) {
      throw new Error(`There is no lab "${name}". Make it: npm run lab -- up --name ${name}`);
    }
    return new Lab(record, loadAccounts(name));
  }

  /** The names of the labs that exist. */
  static list(): readonly string[] {
    return labNames();
  }

  /** Removes what labs whose process ended without closing them left. Promises their names. */
  static sweep(): Promise<readonly string[]> {
    return withLabsLock(removeAbandonedLabs);
  }

  /** Removes a lab that exists, whoever made it. */
  static remove(name: string): Promise<void> {
    return withLabsLock(() => Lab.attach(name).close());
  }

  /** Makes the bases that there are none of, so that no lab has to wait for them. */
  static async prepare(options: Pick<LabOptions, 'log' | 'signal'> = {}): Promise<void> {
    await requirePackages(options);
    const { log = silent, signal } = options;
    await withBases({ log, signal, ansible: true }, () => Promise.resolve());
  }

  /** Makes the Debian base anew; labs that exist keep theirs. Promises its folder. */
  static async rebuildBase(options: Pick<LabOptions, 'log' | 'signal'> = {}): Promise<string> {
    await requirePackages(options);
    return rebuildBase({ log: options.log ?? silent, signal: options.signal });
  }

  /** The host with that number, from 1. */
  host(number: number): LabHost {
    const host = this.#hosts.find((candidate) => candidate.number === number);
    if (host === undefined) {
      throw new Error(`Lab ${this.name} has hosts 1 to ${this.#hosts.length}, not ${number}.`);
    }
    return host;
  }

  /** Adds one host and waits until it is up. On failure what was made of it is removed again. */
  add(options: Omit<HostOptions, 'isolatedBehind'> = {}, signal?: AbortSignal): Promise<LabHost> {
    return withLabsLock(async () => {
      const record = this.#record;
      if (loadLab(this.name)?.hosts.length !== record.hosts.length) {
        throw new Error(`Lab ${this.name} was changed by another process meanwhile. Try again.`);
      }
      if (options.ansible === true && record.ansibleBase === undefined) {
        await withBases({ log: silent, signal, ansible: true }, ({ ansible }) => {
          record.ansibleBase = ansible;
          saveLab(record);
          return Promise.resolve();
        });
      }
      const host = describeHost(record, options, false);
      const earlier = record.resources.length;
      record.hosts.push(host);
      try {
        await this.#makeHosts([host], signal);
      } catch (error) {
        record.hosts.pop();
        await removeSince(record, earlier);
        throw error;
      }
      return this.host(host.number);
    });
  }

  /** Removes the lab: hosts, network, files, keys. Nothing of it stays on the machine. */
  close(): Promise<void> {
    return removeLab(this.#record);
  }

  async #makeHosts(records: readonly HostRecord[], signal?: AbortSignal): Promise<void> {
    const record = this.#record;
    for (const host of records) {
      signal?.throwIfAborted();
      claim(record, { kind: 'cgroup', name: host.cgroup });
      claim(record, { kind: 'cgroup', name: `${host.cgroup}-keeper` });
      claim(record, { kind: 'path', path: `/run/systemd/nspawn/propagate/${host.machine}` });
      await makeHostNetwork(record, host);
    }
    await allDone(records.map((host) => makeHostFiles(record, host, this.users)));
    introduceHosts(record);
    writeSshFiles(record);
    this.#hosts = record.hosts.map(
      (host) =>
        this.#hosts.find(({ number }) => number === host.number) ??
        new LabHost(record, host, this.users),
    );
    signal?.throwIfAborted();
    await allDone(records.map(({ number }) => this.host(number).start()));
    signal?.throwIfAborted();
  }
}

/** Chooses name and networks for a lab, and writes down that they are taken. */
function begin(options: LabOptions): Promise<{ record: LabRecord; access: AptAccess }> {
  const name = options.name ?? `run-${process.pid}-${randomBytes(3).toString('hex')}`;
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) {
    throw new Error(`"${name}" is no lab name: lower-case letters, digits and dashes, at most 31.`);
  }
  const wanted = wantedHosts(options.hosts ?? 1);
  return withLabsLock(async () => {
    await removeAbandonedLabs();
    if (loadLab(name) !== undefined) {
      throw new Error(
        `There is a lab "${name}" already. Remove it: npm run lab -- down --name ${name}`,
      );
    }
    const log = options.log ?? silent;
    const ansible = wanted.some((host) => host.ansible === true);
    return withBases({ log, signal: options.signal, ansible }, async (bases, access) => {
      const record: LabRecord = {
        version: 1,
        name,
        index: await freeIndex(),
        base: bases.plain,
        ansibleBase: bases.ansible,
        createdAt: new Date().toISOString(),
        owner: thisProcess(),
        persistent: false,
        resources: [],
        hosts: [],
      };
      wanted.forEach((host, index) => {
        const isJump = wanted.some(({ isolatedBehind }) => isolatedBehind === index);
        record.hosts.push(describeHost(record, host, isJump));
      });
      claim(record, { kind: 'cgroup', name: labCgroup(name) });
      return { record, access };
    });
  });
}

function wantedHosts(hosts: number | readonly HostOptions[]): readonly HostOptions[] {
  const wanted: readonly HostOptions[] =
    typeof hosts === 'number' ? Array.from({ length: hosts }, () => ({})) : hosts;
  if (wanted.length < 1 || wanted.length > 200) throw new Error('A lab has 1 to 200 hosts.');
  for (const [index, { isolatedBehind }] of wanted.entries()) {
    if (isolatedBehind === undefined) continue;
    const jump = wanted[isolatedBehind];
    if (jump === undefined || jump.isolatedBehind !== undefined || isolatedBehind === index) {
      throw new Error(`isolatedBehind: ${isolatedBehind} must be the index of a reachable host.`);
    }
  }
  return wanted;
}

function describeHost(record: LabRecord, options: HostOptions, isJump: boolean): HostRecord {
  const number = record.hosts.length + 1;
  const network = options.isolatedBehind === undefined ? 'open' : 'isolated';
  const cables = isJump ? 2 : 1;
  return {
    number,
    name: `h${number}`,
    options,
    address: addressOf(record.index, network, number),
    sshPort: options.sshPort ?? 22,
    netns: `myxlab${record.index}-${number}`,
    links: Array.from({ length: cables }, (_, cable) => `mxl${record.index}h${number}e${cable}`),
    cgroup: `${labCgroup(record.name)}/h${number}`,
    machine: `myx-lab-${record.name}-${number}`,
  };
}

async function freeIndex(): Promise<number> {
  const taken = new Set(labNames().map((name) => loadLab(name)?.index));
  for (let index = 0; index < maximumLabs; index += 1) {
    if (!taken.has(index) && (await isIndexFree(index))) return index;
  }
  throw new Error('No free network for another lab. See which there are: npm run lab -- status');
}

async function requirePackages(options: Pick<LabOptions, 'log'>): Promise<void> {
  const result = await ensureSystemPackages(SYSTEM_PACKAGES.lab, options.log ?? silent);
  if (!result.ok) throw new Error(`The lab cannot run here: ${result.reason}`);
}

/** Waits for all, also when one fails: nothing may go on making while the rest is removed. */
async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function withLabsLock<T>(work: () => Promise<T>): Promise<T> {
  return withFileLock(path.join(stateDirectory, 'labs.lock'), 900, work);
}

function silent(): void {
  // Nobody asked to be told.
}
