import { writeFileSync } from 'node:fs';
import { claim, type HostRecord, type LabRecord } from './lab-state.ts';
import { mustRun, run } from './run-program.ts';

/** The two networks of a lab: the one the manager is on, and the one only jump hosts are on. */
export interface Subnets {
  readonly open: string;
  readonly isolated: string;
}

/** Number of labs that can exist at once. */
export const maximumLabs = 250;

/** The subnets of the lab with that index, as "a.b.c" (each is a /24). */
export function subnetsOf(index: number): Subnets {
  return { open: `10.213.${index}`, isolated: `10.214.${index}` };
}

/** The address of the machine on the lab's open network: where the manager and the proxy are. */
export function managerAddress(record: LabRecord): string {
  return `${subnetsOf(record.index).open}.1`;
}

function bridgeName(index: number, network: keyof Subnets): string {
  return network === 'open' ? `myxlab${index}` : `myxlab${index}i`;
}

/** Whether nothing on this machine uses what the lab with that index would use. */
export async function isIndexFree(index: number): Promise<boolean> {
  const { open, isolated } = subnetsOf(index);
  const links = await mustRun(['ip', '-o', 'link', 'show']);
  if (links.includes(`myxlab${index}:`) || links.includes(`myxlab${index}i:`)) return false;
  const spaces = await mustRun(['ip', 'netns', 'list']);
  if (spaces.includes(`myxlab${index}-`)) return false;
  for (const subnet of [open, isolated]) {
    const inside = await mustRun(['ip', 'route', 'show', 'root', `${subnet}.0/24`]);
    const around = await mustRun(['ip', 'route', 'show', 'match', `${subnet}.0/24`]);
    const taken = `${inside}${around}`.split('\n').filter((line) => !/^(default|$)/.test(line));
    if (taken.length > 0) return false;
  }
  return true;
}

/** Makes the lab's bridges. The isolated one has no address here, and no way there exists. */
export async function makeBridges(record: LabRecord): Promise<void> {
  const { open, isolated } = subnetsOf(record.index);
  const openBridge = bridgeName(record.index, 'open');
  await makeBridge(record, openBridge);
  await mustRun(['ip', 'address', 'add', `${open}.1/24`, 'dev', openBridge]);
  await makeBridge(record, bridgeName(record.index, 'isolated'));
  // Without it the machine would send packets for the isolated hosts out to its own default gateway.
  claim(record, { kind: 'route', destination: `${isolated}.0/24` });
  await mustRun(['ip', 'route', 'add', 'unreachable', `${isolated}.0/24`]);
}

async function makeBridge(record: LabRecord, name: string): Promise<void> {
  claim(record, { kind: 'bridge', name });
  await mustRun(['ip', 'link', 'add', name, 'type', 'bridge']);
  disableIpv6(name);
  await mustRun(['ip', 'link', 'set', name, 'up']);
}

function disableIpv6(link: string): void {
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${link}/disable_ipv6`, '1');
  } catch {
    // A machine without IPv6 has nothing to disable.
  }
}

/** Gives a host its network namespace and its cables. Jump hosts get a second one, eth1. */
export async function makeHostNetwork(record: LabRecord, host: HostRecord): Promise<void> {
  claim(record, { kind: 'netns', name: host.netns });
  await mustRun(['ip', 'netns', 'add', host.netns]);
  await mustRun(['ip', '-n', host.netns, 'link', 'set', 'lo', 'up']);
  const isolated = host.options.isolatedBehind !== undefined;
  await plugIn(record, host, isolated ? 'isolated' : 'open', 0);
  if (!isolated) {
    const gateway = managerAddress(record);
    await mustRun(['ip', '-n', host.netns, 'route', 'add', 'default', 'via', gateway]);
  }
  if (host.links.length > 1) await plugIn(record, host, 'isolated', 1);
  await makeFaultChains(host);
}

async function plugIn(
  record: LabRecord,
  host: HostRecord,
  network: keyof Subnets,
  cable: number,
): Promise<void> {
  const link = host.links[cable] ?? '';
  const device = `eth${cable}`;
  const address = addressOf(record.index, network, host.number);
  claim(record, { kind: 'link', name: link });
  await mustRun([
    'ip',
    'link',
    'add',
    link,
    'type',
    'veth',
    'peer',
    'name',
    device,
    'netns',
    host.netns,
  ]);
  disableIpv6(link);
  await mustRun(['ip', 'link', 'set', link, 'master', bridgeName(record.index, network), 'up']);
  await mustRun(['ip', '-n', host.netns, 'address', 'add', `${address}/24`, 'dev', device]);
  await mustRun(['ip', '-n', host.netns, 'link', 'set', device, 'up']);
}

/** The address of a host on one of the lab's networks. */
export function addressOf(index: number, network: keyof Subnets, host: number): string {
  return `${subnetsOf(index)[network]}.${10 + host}`;
}

/** Runs a program of this machine in the host's network. */
export function inHostNetwork(host: HostRecord, argv: readonly string[]): Promise<string> {
  return mustRun(['nsenter', `--net=/run/netns/${host.netns}`, ...argv]);
}

/** Whether something listens on that TCP port in the host. */
export async function isListening(host: HostRecord, port: number): Promise<boolean> {
  const listeners = await run([
    ...['nsenter', `--net=/run/netns/${host.netns}`],
    ...['ss', '-Hltn', 'sport', '=', `:${port}`],
  ]);
  return listeners.stdout.trim() !== '';
}

async function makeFaultChains(host: HostRecord): Promise<void> {
  for (const chain of ['MYX-CUT', 'MYX-LOSS', 'MYX-BLOCK']) {
    await iptables(host, ['-N', chain]);
    await iptables(host, ['-A', 'INPUT', '!', '-i', 'lo', '-j', chain]);
    if (chain !== 'MYX-BLOCK') await iptables(host, ['-A', 'OUTPUT', '!', '-o', 'lo', '-j', chain]);
  }
}

/** Runs iptables in the host's network namespace. */
export function iptables(host: HostRecord, args: readonly string[]): Promise<string> {
  return inHostNetwork(host, ['iptables', '-w', '10', ...args]);
}
