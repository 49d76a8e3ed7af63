import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-ports.ts';
import { ensureSystemPackages } from './system-packages.ts';

/** The kinds of keys that sshd and ssh-keygen know. */
export type TestKeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** A key pair as files hold it. */
export interface TestKey {
  readonly privateKey: string;
  /** One line, as in authorized_keys. */
  readonly publicKey: string;
  /** `SHA256:...`, as ssh-keygen shows it. */
  readonly fingerprint: string;
}

/** How a key of {@link makeKey} is written. */
export interface TestKeyOptions {
  readonly type: TestKeyType;
  readonly passphrase?: string;
  readonly format?: 'RFC4716' | 'PEM' | 'PKCS8';
  readonly bits?: number;
}

/** Makes a key pair with ssh-keygen. */
export function makeKey(options: TestKeyOptions): TestKey {
  const directory = mkdtempSync(join(tmpdir(), 'myx-key-'));
  const file = join(directory, 'key');
  try {
    const format = options.format ? ['-m', options.format] : [];
    const bits = options.bits ? ['-b', String(options.bits)] : [];
    const passphrase = options.passphrase ?? '';
    run('ssh-keygen', ['-q', '-t', options.type, ...bits, ...format, '-N', passphrase, '-f', file]);
    const fingerprint = run('ssh-keygen', ['-l', '-f', `${file}.pub`]).split(' ')[1] ?? '';
    const publicKey = readFileSync(`${file}.pub`, 'utf8').trim();
    return { privateKey: readFileSync(file, 'utf8'), publicKey, fingerprint };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** How a throw-away login is made. */
export interface TestUserOptions {
  readonly shell?: string;
  /** No rights unless told. `password`: sudo asks for the login's password. */
  readonly sudo?: 'password' | 'nopasswd';
}

/** A throw-away login of this machine. */
export interface TestUser {
  readonly name: string;
  readonly password: string;
  readonly home: string;
  /** Ends the login's processes and removes it with its home and sudo rights. */
  remove(): void;
}

/** Makes a login `myxtest-...` with a home and a password. Needs root. */
export function createTestUser(options: TestUserOptions = {}): TestUser {
  const name = `myxtest-${randomBytes(4).toString('hex')}`;
  const password = `pass "word'$ ${randomBytes(6).toString('hex')}`;
  const home = `/home/${name}`;
  const sudoers = `/etc/sudoers.d/${name}`;
  run('useradd', ['--create-home', '--shell', options.shell ?? '/bin/bash', name]);
  run('chpasswd', [], `${name}:${password}\n`);
  if (options.sudo) {
    const tag = options.sudo === 'nopasswd' ? 'NOPASSWD: ' : '';
    writeFileSync(sudoers, `${name} ALL=(ALL:ALL) ${tag}ALL\n`, { mode: 0o440 });
  }
  const remove = (): void => {
    rmSync(sudoers, { force: true });
    rmSync(`/run/sudo/ts/${name}`, { force: true });
    rmSync(`/var/lib/sudo/lectured/${name}`, { force: true });
    endProcessesOf(name);
    run('userdel', ['--remove', '--force', name]);
  };
  return { name, password, home, remove };
}

function endProcessesOf(user: string): void {
  matching('pkill', ['-KILL', '-u', user]);
}

/** How {@link startSshd} sets sshd up. */
export interface TestSshdOptions {
  /** Which host keys it has; all three unless told. */
  readonly hostKeys?: readonly TestKeyType[];
  /** Lines for sshd_config(5), read before the defaults of this helper, so they win. */
  readonly config?: readonly string[];
}

/** A real sshd on a port of its own on the loopback. */
export interface TestSshd {
  readonly port: number;
  readonly hostKeys: Readonly<Partial<Record<TestKeyType, TestKey>>>;
  /** Lets a key log in as a user. */
  authorize(userName: string, key: TestKey): void;
  /** What it has logged. */
  log(): string;
  /** Ends sshd and every session of it. */
  stop(): Promise<void>;
}

/** Starts Debian's own sshd, with passwords, keyboard-interactive and keys allowed. Needs root. */
export async function startSshd(options: TestSshdOptions = {}): Promise<TestSshd> {
  if (process.getuid?.() !== 0) throw new Error('Tests on a real sshd need root, to make logins.');
  const packages = await ensureSystemPackages([
    'openssh-server',
    'openssh-client',
    'sudo',
    'procps',
  ]);
  if (!packages.ok) throw new Error(packages.reason);
  // sshd gives up its rights into this directory; the service's unit file would have made it.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const directory = mkdtempSync(join(tmpdir(), 'myx-sshd-'));
  run('chmod', ['0755', directory]);
  const hostKeys: Partial<Record<TestKeyType, TestKey>> = {};
  for (const type of options.hostKeys ?? ['ed25519', 'ecdsa', 'rsa']) {
    hostKeys[type] = makeKey({ type });
    writeFileSync(join(directory, `host_${type}`), hostKeys[type].privateKey, { mode: 0o600 });
  }
  const port = await freePort();
  const config = configOf(directory, port, Object.keys(hostKeys), options.config ?? []);
  writeFileSync(join(directory, 'sshd_config'), config);
  const { child, log } = await launch(join(directory, 'sshd_config')).catch((error: unknown) => {
    rmSync(directory, { recursive: true });
    throw error;
  });
  return {
    port,
    hostKeys,
    log,
    authorize: (userName, key) => {
      const file = join(directory, `keys_${userName}`);
      const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
      writeFileSync(file, `${before}${key.publicKey}\n`, { mode: 0o644 });
    },
    stop: async () => {
      await end(child);
      rmSync(directory, { recursive: true });
    },
  };
}

function configOf(
  directory: string,
  port: number,
  hostKeys: readonly string[],
  own: readonly string[],
): string {
  return [
    ...own,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((type) => `HostKey ${join(directory, `host_${type}`)}`),
    `PidFile ${join(directory, 'pid')}`,
    `AuthorizedKeysFile ${join(directory, 'keys_%u')}`,
    'StrictModes no',
    'UsePAM yes',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication yes',
    'PermitRootLogin yes',
    'UseDNS no',
    'LogLevel VERBOSE',
    'MaxStartups 100',
    // The one setting that may stand only once.
    ...(own.some((line) => line.startsWith('Subsystem ')) ? [] : ['Subsystem sftp internal-sftp']),
    '',
  ].join('\n');
}

async function launch(config: string): Promise<{ child: ChildProcess; log: () => string }> {
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a process group of its own, so that the sessions it forks can be ended with it.
    detached: true,
  });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Server listening on')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`sshd did not start: ${text}`));
    });
  });
  return { child, log: () => text };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const sessions = matching('pgrep', ['-P', String(child.pid)]);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
  for (const pid of sessions) signalIfAlive(pid);
}

function signalIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The ids that pgrep or pkill print; none is an answer, although they call it a failure. */
function matching(program: 'pgrep' | 'pkill', args: readonly string[]): readonly number[] {
  try {
    return run(program, args).split('\n').filter(Boolean).map(Number);
  } catch (error) {
    if ((error as { status?: number }).status !== 1) throw error;
    return [];
  }
}

function run(program: string, args: readonly string[], input = ''): string {
  const stdio = 'pipe' as const;
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  return execFileSync(program, args, { input, stdio, env, encoding: 'utf8' });
}
