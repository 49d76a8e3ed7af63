import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Debian packages that each kind of test needs on the machine. */
export const SYSTEM_PACKAGES = {
  lab: [
    ...['debootstrap', 'systemd-container', 'iproute2', 'iptables', 'tinyproxy-bin', 'mount'],
    ...['openssh-client', 'util-linux', 'ca-certificates', 'wget'],
  ],
  integration: [
    'redis-server',
    'openssh-server',
    'openssh-client',
    'openssl',
    'sudo',
    'procps',
    'caddy',
  ],
  // The font is for Chinese: without one its pages are boxes, and measured as boxes.
  browser: ['chromium', 'fonts-wqy-microhei'],
} as const;

/** Whether the packages are there now; if not, why, in words for whoever reads the test's output. */
export type PackagesResult =
  | { readonly ok: true; readonly installed: readonly string[] }
  | { readonly ok: false; readonly reason: string; readonly missing: readonly string[] };

/** Services that a package enables, and that tests start by themselves when they want one. */
const services: Readonly<Record<string, string>> = {
  'redis-server': 'redis-server.service',
  'openssh-server': 'ssh.service',
  caddy: 'caddy.service',
};

/** Another apt may be at work, such as another test run's; a mirror may be out of breath. */
const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];

const policyFile = '/usr/sbin/policy-rc.d';
const policy = '#!/bin/sh\n# Written while tests install packages: start no service.\nexit 101\n';

/**
 * Makes sure that Debian packages are installed, installing the missing ones as root on Debian or
 * Ubuntu. No service is started. Under CI, what cannot be had is an error and not a result.
 */
export async function ensureSystemPackages(
  names: readonly string[],
  log: (line: string) => void = console.log,
): Promise<PackagesResult> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return { ok: true, installed: [] };
  const obstacle = obstacleToInstalling();
  if (obstacle !== undefined) return unavailable(missing, obstacle);
  log(`Installing Debian packages: ${missing.join(' ')}`);
  const failure = await withoutStartingServices(() => install(missing));
  if (failure !== undefined) return unavailable(missing, failure);
  await disableServices(missing);
  return { ok: true, installed: missing };
}

async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  const query = ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\\n', ...names];
  const { output } = await runQuietly(query);
  const installed = new Set(output.split('\n').filter((line) => line.endsWith(' installed')));
  return [...new Set(names)].filter((name) => !installed.has(`${name} installed`));
}

function obstacleToInstalling(): string | undefined {
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) {
    return 'this machine is neither Debian nor Ubuntu';
  }
  return process.getuid?.() === 0 ? undefined : 'installing them needs root';
}

function unavailable(missing: readonly string[], why: string): PackagesResult {
  const reason =
    `the Debian packages ${missing.join(', ')} are missing, and ${why}. ` +
    `Install them: sudo apt-get install ${missing.join(' ')}`;
  if (isCi()) throw new Error(`Under CI nothing is skipped, but ${reason}`);
  return { ok: false, reason, missing };
}

/** Installs, and says what went wrong if something did. */
async function install(names: readonly string[]): Promise<string | undefined> {
  const update = await runQuietly(['apt-get', ...patience, 'update', '-q']);
  if (update.code !== 0) return `apt-get update failed: ${lastLines(update.output)}`;
  const command = [
    'apt-get',
    ...patience,
    'install',
    '-q',
    '-y',
    '--no-install-recommends',
    ...names,
  ];
  const result = await runQuietly(command);
  return result.code === 0 ? undefined : `apt-get install failed: ${lastLines(result.output)}`;
}

/** Debian asks policy-rc.d before a package starts its service; one that is there already decides. */
async function withoutStartingServices<T>(work: () => Promise<T>): Promise<T> {
  if (existsSync(policyFile)) return work();
  writeFileSync(policyFile, policy, { mode: 0o755 });
  try {
    return await work();
  } finally {
    if (readFileSync(policyFile, 'utf8') === policy) rmSync(policyFile);
  }
}

/** Keeps the services of packages that were installed just now from starting at the next boot. */
async function disableServices(installed: readonly string[]): Promise<void> {
  const units = installed.flatMap((name) => services[name] ?? []);
  if (units.length > 0 && existsSync('/usr/bin/systemctl')) {
    await runQuietly(['systemctl', 'disable', ...units]);
  }
}

function runQuietly(argv: readonly string[]): Promise<{ code: number; output: string }> {
  const [program = '', ...args] = argv;
  return new Promise((resolve) => {
    const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
    const environment = { PATH: path, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      resolve({ code: 127, output: error.message });
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join(' / ');
}

function isCi(): boolean {
  return process.env.CI === 'true';
}

async function main(sets: readonly string[]): Promise<number> {
  const known = Object.keys(SYSTEM_PACKAGES);
  const unknown = sets.filter((set) => !known.includes(set));
  if (sets.length === 0 || unknown.length > 0) {
    console.error(`Usage: node test/support/system-packages.ts ${known.join('|')} ...`);
    return 2;
  }
  const names = sets.flatMap((set) => SYSTEM_PACKAGES[set as keyof typeof SYSTEM_PACKAGES]);
  const result = await ensureSystemPackages(names);
  console.log(result.ok ? 'All packages are there.' : `Not possible: ${result.reason}`);
  return result.ok ? 0 : 1;
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  process.exitCode = await main(process.argv.slice(2));
}
