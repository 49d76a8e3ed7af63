import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installAccounts, type LabUsers } from './accounts.ts';
import { baseOf, claim, type HostRecord, type LabRecord } from './lab-state.ts';
import { mirrorProxyUrl } from './mirror-proxy.ts';
import { labDirectory } from './places.ts';
import { mustRun } from './run-program.ts';

/** The folders that make up a host's file system. */
export interface HostFolders {
  /** What the host itself has written. */
  readonly upper: string;
  /** Base and upper together: what the host sees as `/`. */
  readonly root: string;
  readonly console: string;
}

/** Where the file system of a host is. */
export function hostFolders(lab: string, host: number): HostFolders {
  const folder = path.join(labDirectory(lab), 'hosts', String(host));
  return {
    upper: path.join(folder, 'upper'),
    root: path.join(folder, 'root'),
    console: path.join(folder, 'console.log'),
  };
}

/** Lays a file system of its own over the base, and makes the host somebody: names, keys, accounts. */
export async function makeHostFiles(
  record: LabRecord,
  host: HostRecord,
  users: LabUsers,
): Promise<void> {
  const { upper, root } = hostFolders(record.name, host.number);
  const work = `${upper}-work`;
  for (const folder of [upper, work, root]) mkdirSync(folder, { recursive: true });
  claim(record, { kind: 'mount', path: root });
  const layers = `lowerdir=${baseOf(record, host)},upperdir=${upper},workdir=${work}`;
  await mustRun(['mount', '-t', 'overlay', `myx-lab`, '-o', layers, root]);
  const write = (file: string, text: string): void => {
    writeFileSync(path.join(root, file), text);
  };
  write('etc/hostname', `${host.name}\n`);
  write('etc/machine-id', `${randomBytes(16).toString('hex')}\n`);
  write('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${host.name}\n`);
  write('etc/apt/apt.conf.d/91lab-proxy', `Acquire::http::Proxy "${mirrorProxyUrl(record)}";\n`);
  write('etc/ssh/sshd_config.d/10-host.conf', sshdConfig(host));
  claim(record, { kind: 'path', path: nspawnLock(root) });
  await Promise.all([makeHostKeys(root, host.name), installAccounts(root, users)]);
}

async function makeHostKeys(root: string, name: string): Promise<void> {
  // 2048 bits: a longer RSA key alone would take longer than booting the host.
  const kinds = [['ed25519'], ['ecdsa'], ['rsa', '-b', '2048']];
  await Promise.all(
    kinds.map(([kind = '', ...size]) => {
      const file = path.join(root, 'etc/ssh', `ssh_host_${kind}_key`);
      const comment = ['-C', `root@${name}`, '-N', ''];
      return mustRun(['ssh-keygen', '-q', '-t', kind, ...size, ...comment, '-f', file]);
    }),
  );
}

/** The file by which systemd-nspawn keeps others off a folder; it stays when nspawn is killed. */
function nspawnLock(root: string): string {
  const { dev, ino } = statSync(root);
  return `/run/systemd/nspawn/locks/inode-${dev}:${ino}`;
}

/** Tells every host the others' names. */
export function introduceHosts(record: LabRecord): void {
  const others = record.hosts.map(({ name, address }) => `${address} ${name}\n`).join('');
  for (const { name, number } of record.hosts) {
    const own = `127.0.0.1 localhost\n127.0.1.1 ${name}\n`;
    writeFileSync(path.join(hostFolders(record.name, number).root, 'etc/hosts'), own + others);
  }
}

/** The fingerprints of a host's SSH keys as OpenSSH prints them, by the key's algorithm. */
export function readFingerprints(record: LabRecord, host: HostRecord): Record<string, string> {
  const fingerprints: Record<string, string> = {};
  for (const line of readHostKeys(record, host)) {
    const [algorithm = '', blob = ''] = line.split(' ');
    const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
    fingerprints[algorithm] = `SHA256:${digest.replace(/=+$/, '')}`;
  }
  return fingerprints;
}

/** The public halves of a host's SSH keys, as "algorithm base64". */
export function readHostKeys(record: LabRecord, host: HostRecord): readonly string[] {
  const folder = path.join(hostFolders(record.name, host.number).root, 'etc/ssh');
  return readdirSync(folder)
    .filter((name) => /^ssh_host_.*_key\.pub$/.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8').trim().split(' '))
    .map(([algorithm, blob]) => `${algorithm} ${blob}`);
}

function sshdConfig(host: HostRecord): string {
  const lines = [`Port ${host.sshPort}`];
  if (host.options.keyboardInteractiveOnly === true) {
    lines.push('PasswordAuthentication no', 'PubkeyAuthentication no');
    lines.push('AuthenticationMethods keyboard-interactive');
  }
  return lines.map((line) => `${line}\n`).join('');
}
