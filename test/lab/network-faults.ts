import type { HostRecord } from './lab-state.ts';
import { inHostNetwork, iptables } from './network.ts';
import { mustRun } from './run-program.ts';

/**
 * How a host is cut off. `silent`: every packet vanishes, as with a partition somewhere on the way;
 * connections hang. `unplugged`: its cable is out; dialling it soon answers "no route to host".
 */
export type CutKind = 'silent' | 'unplugged';

/** How a blocked port answers: not at all, or with a TCP reset. */
export type BlockKind = 'drop' | 'reject';

/** Cuts a host off from everything, until healed. */
export async function cutHost(host: HostRecord, kind: CutKind): Promise<void> {
  if (kind === 'unplugged') {
    for (const link of host.links) await mustRun(['ip', 'link', 'set', link, 'down']);
    return;
  }
  await iptables(host, ['-F', 'MYX-CUT']);
  await iptables(host, ['-A', 'MYX-CUT', '-j', 'DROP']);
}

/** Takes every fault off a host: cut, loss and blocked ports. */
export async function healHost(host: HostRecord): Promise<void> {
  for (const chain of ['MYX-CUT', 'MYX-LOSS', 'MYX-BLOCK']) await iptables(host, ['-F', chain]);
  for (const link of host.links) await mustRun(['ip', 'link', 'set', link, 'up']);
}

/** Loses that share of packets (0 to 100 percent), in each direction, at random. */
export async function losePackets(host: HostRecord, percent: number): Promise<void> {
  if (!(percent >= 0 && percent <= 100)) {
    throw new Error(`A loss is a number from 0 to 100 percent, not ${percent}.`);
  }
  await iptables(host, ['-F', 'MYX-LOSS']);
  if (percent === 0) return;
  const probability = (percent / 100).toFixed(6);
  const random = ['-m', 'statistic', '--mode', 'random', '--probability', probability];
  await iptables(host, ['-A', 'MYX-LOSS', ...random, '-j', 'DROP']);
}

/** Closes a TCP port of the host to the network, as its own firewall would. */
export async function blockPort(host: HostRecord, port: number, kind: BlockKind): Promise<void> {
  await unblockPort(host, port);
  await iptables(host, ['-A', 'MYX-BLOCK', ...tcpPort(port).flat(), '-j', ...answerOf(kind)]);
}

/** Closes every TCP port of the host but one to new connections: also those that nobody knows yet. */
export async function blockAllBut(host: HostRecord, port: number, kind: BlockKind): Promise<void> {
  const [tcp, open] = tcpPort(port);
  const others = [...tcp, '--syn', '!', ...open];
  await iptables(host, ['-A', 'MYX-BLOCK', ...others, '-j', ...answerOf(kind)]);
}

/** Opens the port again. */
export async function unblockPort(host: HostRecord, port: number): Promise<void> {
  const rules = (await iptables(host, ['-S', 'MYX-BLOCK'])).split('\n');
  for (const rule of rules) {
    const words = rule.split(' ');
    const names = words.indexOf('--dport');
    if (words[0] !== '-A' || words[names + 1] !== String(port)) continue;
    await iptables(host, ['-D', ...words.slice(1)]);
  }
}

/** The faults in force, in words; empty when the network is as it should be. */
export async function describeFaults(host: HostRecord): Promise<readonly string[]> {
  const rules = (await iptables(host, ['-S']))
    .split('\n')
    .filter((rule) => rule.startsWith('-A MYX-'));
  const faults = rules.map((rule) => {
    const words = rule.split(' ');
    const after = (word: string): string => words[words.indexOf(word) + 1] ?? '';
    if (words[1] === 'MYX-CUT') return 'cut';
    if (words[1] === 'MYX-LOSS') return `loss ${Math.round(Number(after('--probability')) * 100)}%`;
    const ports = words.includes('!') ? 'every port but' : 'port';
    return `${ports} ${after('--dport')} ${after('-j') === 'DROP' ? 'dropped' : 'rejected'}`;
  });
  const device = await inHostNetwork(host, ['ip', '-o', 'link', 'show', 'eth0']);
  return device.includes('NO-CARRIER') ? ['unplugged', ...faults] : faults;
}

function answerOf(kind: BlockKind): readonly string[] {
  return kind === 'drop' ? ['DROP'] : ['REJECT', '--reject-with', 'tcp-reset'];
}

/** The protocol, and the port of it. */
function tcpPort(port: number): readonly [readonly string[], readonly string[]] {
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`A TCP port is a number from 1 to 65535, not ${port}.`);
  }
  return [
    ['-p', 'tcp'],
    ['--dport', String(port)],
  ];
}
