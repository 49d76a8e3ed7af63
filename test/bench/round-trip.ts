import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiClient } from '../support/api-client.ts';
import type { Lab, LabHost } from '../lab/index.ts';
import { ms, timesFaster } from './report.ts';
import type { BenchRow } from './report.ts';
import { measure } from './statistics.ts';

const ROUNDS = 100;
const SLOW_ROUNDS = 15;

/** Runs a program quietly to its end; rejects on a failure, so that nothing fast and wrong is measured. */
export function runQuietly(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      // Only the end of it explains a failure.
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2000)));
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${argv.join(' ')} exited with ${code}: ${said}`));
    });
  });
}

/** The same `true` on the same host: through the API, by SSH fresh and multiplexed, and by Ansible. */
export async function benchRoundTrip(
  api: ApiClient,
  serverId: string,
  lab: Lab,
  host: LabHost,
): Promise<BenchRow[]> {
  const ours = await measure(ROUNDS, 10, async () => {
    const command = await api.post<{ outcome: string }>(
      `/api/v1/servers/${serverId}/commands?wait=10`,
      { command: 'true', args: [] },
    );
    if (command.outcome !== 'succeeded') throw new Error(`outcome ${command.outcome}`);
  });
  const ssh = ['ssh', '-F', lab.sshConfigFile];
  const fresh = await measure(SLOW_ROUNDS, 2, () =>
    runQuietly([...ssh, '-o', 'ControlMaster=no', '-o', 'ControlPath=none', host.name, 'true']),
  );
  const scratch = mkdtempSync(path.join(tmpdir(), 'myx-bench-'));
  const control = ['-o', `ControlPath=${scratch}/c`, '-o', 'ControlMaster=auto'];
  const multiplexed = await measure(ROUNDS, 5, () =>
    runQuietly([...ssh, ...control, '-o', 'ControlPersist=60', host.name, 'true']),
  );
  await runQuietly([...ssh, ...control, '-O', 'exit', host.name]);
  await installPython(host);
  const ansible = await measure(SLOW_ROUNDS, 1, () => runAnsible(lab, host, scratch));
  rmSync(scratch, { recursive: true });
  const row = (name: string, theirs: number, target: number): BenchRow => ({
    what: `command round trip: MyX against ${name}`,
    measured: `${ms(ours.p50)} p50, ${ms(ours.p95)} p95`,
    budget: `${ms(theirs)} p50`,
    ratio: timesFaster(theirs, ours.p50),
    ok: theirs / ours.p50 >= target,
  });
  return [
    row('`ssh host true`, fresh (aim 8x)', fresh.p50, 8),
    row('`ssh host true`, multiplexed', multiplexed.p50, 0),
    row('`ansible -m command` (aim 20x)', ansible.p50, 20),
    {
      what: 'command round trip, API call to exit status seen',
      measured: `${ms(ours.p50)} p50, ${ms(ours.p95)} p95 (${ours.count} rounds)`,
      budget: 'p95 < 100 ms, aim p50 < 25 ms',
      ratio: '',
      ok: ours.p95 < 100 && ours.p50 < 25,
    },
  ];
}

/** Ansible's modules need the whole of Python on the host; the lab's hosts have its smallest part. */
async function installPython(host: LabHost): Promise<void> {
  await host.mustExec(['apt-get', 'update', '--quiet']);
  await host.mustExec(['apt-get', 'install', '--quiet', '--yes', 'python3']);
}

function runAnsible(lab: Lab, host: LabHost, scratch: string): Promise<void> {
  return runQuietly(
    [
      ...['ansible', '-i', `${host.name},`, host.name, '-m', 'command', '-a', 'true'],
      `--ssh-common-args=-F ${lab.sshConfigFile}`,
    ],
    {
      PATH: process.env.PATH,
      HOME: scratch,
      ANSIBLE_LOCALHOST_WARNING: 'False',
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
      LC_ALL: 'C.UTF-8',
    },
  );
}
