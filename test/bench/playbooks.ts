import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import type { LabHost } from '../lab/index.ts';
import { DelayProxy } from '../support/delay-proxy.ts';
import { Fleet } from '../support/fleet.ts';
import { PlaybookFleet } from '../support/playbook-fleet.ts';
import { timesFaster } from './report.ts';
import type { BenchRow } from './report.ts';
import { runQuietly } from './round-trip.ts';

const HOSTS = 3;
const ROUNDS = 3;

/** Each way; together the 150 ms that are added to a round trip. */
const DELAY_MS = 75;

/** What Ansible is to be beaten by. */
const AIM = 5;

/** Thirty short tasks as playbooks have them: write, look, run. */
const PLAYBOOK = [
  '- hosts: all',
  '  gather_facts: false',
  '  tasks:',
  ...Array.from({ length: 10 }, (_, index) => index + 1).flatMap((step) => [
    `    - name: Write file ${step}`,
    '      ansible.builtin.copy:',
    `        content: "{{ stamp }} ${step}\\n"`,
    `        dest: /var/tmp/bench-${step}`,
    '        mode: "0644"',
    `    - name: Look at file ${step}`,
    '      ansible.builtin.stat:',
    `        path: /var/tmp/bench-${step}`,
    `    - name: Run program ${step}`,
    '      ansible.builtin.command:',
    `        argv: [cat, /var/tmp/bench-${step}]`,
    '      changed_when: false',
  ]),
  '',
].join('\n');

/**
 * Thirty tasks on three hosts that are 150 ms away: by MyX, whose playbooks run on the hosts, and by plain
 * `ansible-playbook -f 3` over SSH from this machine. Both go through the same delay.
 */
export async function benchPlaybooks(): Promise<BenchRow[]> {
  const fleet = await Fleet.open({
    hosts: Array.from({ length: HOSTS }, () => ({ ansible: true })),
  });
  const proxies: DelayProxy[] = [];
  try {
    const servers = await Promise.all(
      Array.from({ length: HOSTS }, (_, index) => fleet.addServer(index + 1)),
    );
    for (const [index, serverId] of servers.entries()) {
      proxies.push(await moveAway(fleet, serverId, index + 1));
    }
    const ours = await measureMyx(new PlaybookFleet(fleet), servers);
    const plain = await measureAnsible(fleet, false);
    const pipelined = await measureAnsible(fleet, true);
    return [
      row('`ansible-playbook -f 3`, its defaults (aim 5x)', ours, plain, AIM),
      row('`ansible-playbook -f 3`, pipelining', ours, pipelined, 0),
    ];
  } finally {
    await fleet.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
}

/** Puts the delay between the manager and an agent; the pinned certificate is the same. */
async function moveAway(fleet: Fleet, serverId: string, number: number): Promise<DelayProxy> {
  const host = fleet.lab.host(number);
  const config = await host.readFile('/etc/myx-agent/config.json');
  const { rpc_port: port } = JSON.parse(config.toString()) as { rpc_port: number };
  // An address of its own for each host, so that the agents' ports may be the same.
  const listen = { host: `127.0.75.${number}`, port };
  const proxy = await DelayProxy.start({
    listen,
    target: { host: host.address, port },
    delayMs: DELAY_MS,
  });
  await fleet.api.patch(`/api/v1/servers/${serverId}`, { host: listen.host });
  return proxy;
}

async function measureMyx(playbooks: PlaybookFleet, servers: readonly string[]): Promise<number> {
  const [first = ''] = servers;
  const { state } = await playbooks.usable('bench', PLAYBOOK, first);
  if (state !== 'usable') throw new Error(`the playbook of the benchmark is ${state}`);
  const once = async (stamp: string): Promise<void> => {
    const run = await playbooks.run({
      playbook: 'bench',
      server_ids: servers,
      extra_vars: { stamp },
    });
    const isWhole = run.state === 'succeeded' && run.totals.ok === 30 * servers.length;
    if (!isWhole) throw new Error(`the run ended ${JSON.stringify(run)}`);
  };
  // The deployment tool and the text are on the servers from here on, as Ansible's are on this machine.
  await once('warm');
  return median(ROUNDS, (round) => once(`myx-${round}`));
}

async function measureAnsible(fleet: Fleet, pipelining: boolean): Promise<number> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'myx-bench-ansible-'));
  const hosts = Array.from({ length: HOSTS }, (_, index) => fleet.lab.host(index + 1));
  const proxies = await Promise.all(
    hosts.map(({ address, sshPort }) =>
      DelayProxy.start({ target: { host: address, port: sshPort }, delayMs: DELAY_MS }),
    ),
  );
  try {
    const inventory = path.join(scratch, 'hosts.ini');
    const lines = hosts.map((host, index) =>
      inventoryLine(host, proxies[index]?.port ?? 0, fleet.lab.sshConfigFile),
    );
    writeFileSync(inventory, `${lines.join('\n')}\n`);
    const playbook = path.join(scratch, 'playbook.yml');
    writeFileSync(playbook, PLAYBOOK);
    const env = {
      PATH: process.env.PATH,
      HOME: scratch,
      ANSIBLE_PIPELINING: String(pipelining),
      LC_ALL: 'C.UTF-8',
    };
    const once = (stamp: string): Promise<void> =>
      runQuietly(
        ['ansible-playbook', '-i', inventory, '-f', '3', '-e', `stamp=${stamp}`, playbook],
        env,
      );
    // The connections are kept open between runs, by Ansible's own default.
    await once('warm');
    return await median(ROUNDS, (round) => once(`ansible-${round}`));
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    rmSync(scratch, { recursive: true });
  }
}

function inventoryLine({ name, address, sshPort }: LabHost, port: number, config: string): string {
  const alias = sshPort === 22 ? address : `[${address}]:${sshPort}`;
  const ssh = `-F ${config} -o HostKeyAlias=${alias}`;
  return `${name} ansible_host=127.0.0.1 ansible_port=${port} ansible_python_interpreter=/usr/bin/python3 ansible_ssh_common_args='${ssh}'`;
}

/** The middle of a few rounds, milliseconds. */
async function median(rounds: number, work: (round: number) => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const start = performance.now();
    await work(round);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

function row(name: string, ours: number, theirs: number, target: number): BenchRow {
  return {
    what: `30-task playbook on 3 hosts, 150 ms away: MyX against ${name}`,
    measured: `${(ours / 1000).toFixed(1)} s (load ${(loadavg()[1] ?? 0).toFixed(1)})`,
    budget: `${(theirs / 1000).toFixed(1)} s`,
    ratio: timesFaster(theirs, ours),
    ok: theirs / ours >= target,
  };
}
