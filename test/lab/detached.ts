import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pidsIn } from './cgroup.ts';
import { script } from './places.ts';
import { environmentWith } from './run-program.ts';

/** A program to start, the groups to start it in, and where its output goes. */
export interface Detached {
  /** From `makeCgroup`: ending the group later ends the program. */
  readonly cgroup: readonly string[];
  readonly argv: readonly string[];
  readonly logFile: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a program that outlives this process, and waits until it is in its control group. */
export async function startDetached(detached: Detached): Promise<void> {
  const { cgroup, argv, logFile, environment = {} } = detached;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn('/bin/sh', [script('in-cgroup.sh'), ...cgroup, '--', ...argv], {
    detached: true,
    env: environmentWith({ environment }),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const { pid } = child;
  // Until it has joined, ending the group would miss it.
  while (pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if (pidsIn(cgroup[0] ?? '').includes(pid)) return;
    await sleep(2);
  }
  throw new Error(`${argv.join(' ')} did not start: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
}
