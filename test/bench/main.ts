/**
 * `npm run bench`: measures on lab hosts against ssh and Ansible in the same run, prints the table and
 * writes `bench-results/latest.json` and `latest.md`; `npm run bench -- playbooks` measures playbooks alone.
 * Needs root on Debian or Ubuntu.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Fleet } from '../support/fleet.ts';
import { ensureSystemPackages, SYSTEM_PACKAGES } from '../support/system-packages.ts';
import { benchIdleAgent } from './agent-idle.ts';
import { benchAddServer } from './installation-time.ts';
import { benchPlaybooks } from './playbooks.ts';
import { describeMachine, renderTable } from './report.ts';
import type { BenchRow } from './report.ts';
import { benchRoundTrip } from './round-trip.ts';
import { benchThroughput } from './throughput.ts';

const IDLE_SECONDS = 60;
const results = path.resolve(import.meta.dirname, '../../bench-results');

/** What can be measured by itself, by the word that asks for it. */
const PARTS: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  agents: benchAgents,
  playbooks: benchPlaybooks,
};

async function benchAgents(): Promise<BenchRow[]> {
  // The production pace: a faster heartbeat would make the idle agent look busier than it is.
  const fleet = await Fleet.open({
    hosts: 2,
    env: { MYX_HEARTBEAT_MIN_INTERVAL_SECONDS: '20', MYX_HEARTBEAT_MAX_INTERVAL_SECONDS: '60' },
  });
  try {
    return await run(fleet);
  } finally {
    await fleet.close();
  }
}

async function run(fleet: Fleet): Promise<BenchRow[]> {
  const first = await benchAddServer(fleet, 1);
  const second = await benchAddServer(fleet, 2);
  const host = fleet.lab.host(2);
  const idle = await benchIdleAgent(host, IDLE_SECONDS);
  const roundTrip = await benchRoundTrip(fleet.api, second.serverId, fleet.lab, host);
  const throughput = await benchThroughput(fleet.api, second.serverId, fleet.lab, host);
  const again = { ...second.row, what: `${second.row.what}, second server` };
  return [...roundTrip, ...throughput, first.row, again, ...idle];
}

async function main(): Promise<void> {
  const packages = await ensureSystemPackages([
    ...SYSTEM_PACKAGES.lab,
    ...SYSTEM_PACKAGES.integration,
    'ansible-core',
  ]);
  if (!packages.ok) throw new Error(`The benchmark cannot run here: ${packages.reason}`);
  const wanted = process.argv.slice(2);
  const rows: BenchRow[] = [];
  for (const [name, bench] of Object.entries(PARTS)) {
    if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await bench()));
  }
  const table = renderTable(rows);
  mkdirSync(results, { recursive: true });
  const report = { machine: describeMachine(), rows };
  writeFileSync(path.join(results, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(results, 'latest.md'), `${table}\n`);
  console.log(`\n${describeMachine()}\n\n${table}`);
}

await main();
