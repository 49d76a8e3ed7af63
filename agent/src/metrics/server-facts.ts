import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { StatusResult } from '@myx/protocol';
import { codeOf, log, messageOf } from '../log.ts';
import { parseCpuModel } from './cpu-info.ts';
import { parseMounts, usageOf } from './mounts.ts';
import { parseOsRelease } from './os-release.ts';
import { readProc } from './vitals.ts';

/** What `get_status` tells of the server itself. Each fact fails alone. */
export async function readServerFacts(): Promise<StatusResult['server']> {
  const release = parseOsRelease(await readFirst(['/etc/os-release', '/usr/lib/os-release']));
  const disks = await usageOf(await readProc('self/mounts', parseMounts));
  return {
    hostname: os.hostname(),
    machine_id: readMachineId(),
    os: {
      id: release.id,
      version_id: release.versionId,
      pretty_name: release.prettyName,
    },
    kernel: os.release(),
    arch: process.arch,
    init_system: existsSync('/run/systemd/system') ? 'systemd' : 'unknown',
    virtualization: await orNull('virtualization', readVirtualization),
    cpu: {
      model: await orNull('cpu model', () => readProc('cpuinfo', parseCpuModel)),
      cores: Math.max(os.availableParallelism(), 1),
    },
    timezone: await orNull('timezone', () => Promise.resolve(readTimezone())),
    disks: disks.map(({ device, path, filesystem, totalBytes, availableBytes }) => ({
      device,
      path,
      filesystem,
      total_bytes: totalBytes,
      available_bytes: availableBytes,
    })),
    interfaces: (await orNull('interfaces', () => Promise.resolve(readInterfaces()))) ?? [],
  };
}

/** /proc/sys/kernel/random/boot_id: changes with every boot (random(4)). */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** machine-id(5), empty on a system that has none yet. */
export function readMachineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch (error) {
    // An image that was never booted has none.
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

function readInterfaces(): StatusResult['server']['interfaces'] {
  return Object.entries(os.networkInterfaces()).map(([name, addresses = []]) => ({
    name,
    mac: addresses[0]?.mac ?? null,
    addresses: addresses.map(({ address, cidr }) => cidr ?? address),
  }));
}

/** Virtual machine by its firmware's name, container by what systemd was told (container-interface). */
async function readVirtualization(): Promise<string | null> {
  const container = await readFirst(['/run/systemd/container', '/dev/null']);
  if (container.trim() !== '') return container.trim();
  const vendor = await readFirst(['/sys/class/dmi/id/sys_vendor', '/dev/null']);
  const product = await readFirst(['/sys/class/dmi/id/product_name', '/dev/null']);
  const known = /QEMU|KVM|VMware|VirtualBox|Xen|Microsoft|Amazon EC2|Google|Bochs|Parallels/i.exec(
    `${vendor} ${product}`,
  );
  return known === null ? null : known[0].toLowerCase();
}

/** Name of the zone that /etc/localtime points to (localtime(5)); UTC where it does not exist. */
function readTimezone(): string | null {
  try {
    return readlinkSync('/etc/localtime').split('/zoneinfo/')[1] ?? null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'UTC';
    // EINVAL: a copy instead of a link tells no name.
    if (codeOf(error) === 'EINVAL') return null;
    throw error;
  }
}

async function readFirst(files: readonly string[]): Promise<string> {
  for (const file of files) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      // The next one is the standard's second place for the same thing.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  throw new Error(`none of ${files.join(', ')} exists`);
}

async function orNull<T>(fact: string, read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    // One unreadable fact must not hide the others.
    log('warn', 'fact not read', { fact, error: messageOf(error) });
    return null;
  }
}
