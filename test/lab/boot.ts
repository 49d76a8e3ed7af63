import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupFolder, endCgroup, makeCgroup, pidsIn } from './cgroup.ts';
import { startDetached } from './detached.ts';
import { hostFolders } from './host-files.ts';
import type { HostRecord, LabRecord } from './lab-state.ts';
import { isListening } from './network.ts';
import { script } from './places.ts';
import { type Outcome, run } from './run-program.ts';

const bootTimeoutMs = 180_000;

/** How a program is run in a host. */
export interface ExecOptions {
  /** The account to run as; root unless told otherwise. */
  readonly user?: string;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
}

/** Boots a host that is off. Promises nothing about when it is up: see `waitUntilUp`. */
export async function bootHost(record: LabRecord, host: HostRecord): Promise<void> {
  const { root, console: logFile } = hostFolders(record.name, host.number);
  const nspawn = [
    ...['systemd-nspawn', '--keep-unit', '--register=no', '--boot', '--quiet', '--console=pipe'],
    ...['--link-journal=no', '--resolv-conf=off', '--timezone=off', `--machine=${host.machine}`],
    ...[`--network-namespace-path=/run/netns/${host.netns}`, `--directory=${root}`],
  ];
  await startDetached({
    cgroup: makeCgroup(`${host.cgroup}-keeper`),
    argv: ['/bin/sh', script('keep-host.sh'), ...makeCgroup(host.cgroup), '--', ...nspawn],
    logFile,
    // Control groups version 2, as on any Debian 12 server, also where this machine mixes versions.
    environment: { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
  });
}

/** The pid, on this machine, of the host's init; undefined when the host is off. */
export function initOf(host: HostRecord): number | undefined {
  const scope = path.join(cgroupFolder(host.cgroup), 'payload', 'init.scope');
  return pidsIn(scope).find((pid) => isInit(pid));
}

function isInit(pid: number): boolean {
  try {
    const ids = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return ids?.[1]?.split(/\s+/).at(-1) === '1';
  } catch {
    return false;
  }
}

/** Waits until systemd has started everything and sshd listens. */
export async function waitUntilUp(
  record: LabRecord,
  host: HostRecord,
  isNew: () => boolean = () => true,
): Promise<void> {
  const started = Date.now();
  let state = 'off';
  while (Date.now() - started < bootTimeoutMs) {
    if (initOf(host) !== undefined && isNew()) {
      state = await systemState(host);
      const settled = state === 'running' || state === 'degraded';
      if (settled && (await isListening(host, host.sshPort))) return;
    }
    await sleep(20);
  }
  throw new Error(
    `${host.name} of lab ${record.name} is not up after ${bootTimeoutMs / 1000} s: systemd is "${state}". ` +
      `What it said:\n${consoleTail(record, host)}`,
  );
}

async function systemState(host: HostRecord): Promise<string> {
  try {
    const outcome = await execInHost(host, ['systemctl', 'is-system-running'], {
      timeoutMs: 20_000,
    });
    return outcome.stdout.trim();
  } catch {
    // It rebooted or went down between finding its init and entering it.
    return 'gone';
  }
}

/**
 * Runs a program inside the host, by entering its namespaces: works without the network and without
 * sshd. The environment is that of a fresh login of the user.
 */
export async function execInHost(
  host: HostRecord,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<Outcome> {
  const init = initOf(host);
  if (init === undefined) throw new Error(`${host.name} is off. Start it first.`);
  const user = options.user ?? 'root';
  const become = [`--reuid=${user}`, `--regid=${user}`, '--init-groups', '--reset-env'];
  return run(
    [
      ...['nsenter', `--target=${init}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'],
      ...['--', 'setpriv', ...become, '--', ...argv],
    ],
    { input: options.input ?? '', timeoutMs: options.timeoutMs },
  );
}

/** Turns a host off: `orderly` as `systemctl poweroff` does, else as if its plug was pulled. */
export async function stopHost(host: HostRecord, orderly: boolean): Promise<void> {
  if (orderly && initOf(host) !== undefined) {
    await execInHost(host, ['systemctl', 'poweroff']);
    for (let waited = 0; waited < 60_000 && isRunning(host); waited += 20) await sleep(20);
  }
  // The keeper first, or it might boot the host again.
  await endCgroup(`${host.cgroup}-keeper`);
  await endCgroup(host.cgroup);
}

/** Whether any of the host's processes is there, including those that boot it. */
function isRunning(host: HostRecord): boolean {
  const keeper = cgroupFolder(`${host.cgroup}-keeper`);
  return existsSync(keeper) && pidsIn(keeper).length > 0;
}

function consoleTail(record: LabRecord, host: HostRecord): string {
  const file = hostFolders(record.name, host.number).console;
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-2000) : '(nothing)';
}
