import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type AptAccess, release } from './apt-mirror.ts';
import { script } from './places.ts';
import { mustRun } from './run-program.ts';

const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'iproute2', 'netbase'],
  ...['ca-certificates', 'sudo', 'procps', 'python3-minimal'],
];

/** Units that a test host is better off without: they start at odd times, or never have work. */
const maskedUnits = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer'],
  ...['e2scrub_reap.service', 'fstrim.timer', 'systemd-pstore.service', 'console-getty.service'],
];

const sshdConfig = `# Everything a server may offer, so that every way of logging in can be tried.
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PubkeyAuthentication yes
UsePAM yes
UseDNS no
AllowTcpForwarding yes
MaxStartups 200
`;

const machineCertificates = '/usr/local/share/ca-certificates';

/** What of the recipe decides whether a base is up to date: all of it. */
export function recipeFingerprint(access: AptAccess): string {
  return createHash('sha256')
    .update(readFileSync(script('base-recipe.ts')))
    .update(JSON.stringify([access, release, process.arch]))
    .digest('hex')
    .slice(0, 12);
}

/** The program that fills a folder with the hosts' Debian. */
export function bootstrapCommand(target: string, access: AptAccess): readonly string[] {
  const include = `--include=${packages.join(',')}`;
  return ['debootstrap', '--variant=minbase', include, release, target, access.mirror];
}

/** Makes a plain Debian the hosts' common ground: accounts, sshd, apt, nothing that stirs by itself. */
export async function customise(root: string, access: AptAccess): Promise<void> {
  const write = (file: string, text: string, mode = 0o644): void => {
    writeFileSync(path.join(root, file), text, { mode });
  };
  write('etc/apt/sources.list', access.sources.map((line) => `${line}\n`).join(''));
  write('etc/apt/apt.conf.d/90lab', aptConfig(access));
  write('etc/ssh/sshd_config.d/50-lab.conf', sshdConfig);
  write('etc/sudoers.d/lab', 'deploy ALL=(ALL:ALL) NOPASSWD: ALL\n', 0o440);
  write('etc/resolv.conf', "# No name server: packages come through the lab's proxy.\n");
  for (const unit of maskedUnits) {
    symlinkSync('/dev/null', path.join(root, 'etc/systemd/system', unit));
  }
  for (const name of readdirSync(path.join(root, 'etc/ssh'))) {
    if (name.startsWith('ssh_host_')) rmSync(path.join(root, 'etc/ssh', name));
  }
  await addAccounts(root);
  await trustMachineCertificates(root);
  rmSync(path.join(root, 'var/cache/apt/archives'), { recursive: true });
  mkdirSync(path.join(root, 'var/cache/apt/archives/partial'), { recursive: true });
}

async function addAccounts(root: string): Promise<void> {
  const inside = (argv: readonly string[]): Promise<string> => mustRun(['chroot', root, ...argv]);
  await inside(['useradd', '-m', '-s', '/bin/bash', '-G', 'sudo', 'admin']);
  await inside(['useradd', '-m', '-s', '/bin/bash', 'deploy']);
  await inside(['useradd', '-m', '-s', '/bin/bash', 'plain']);
}

/** The machine may reach its mirror only past a proxy whose certificate it was told to trust. */
async function trustMachineCertificates(root: string): Promise<void> {
  if (!existsSync(machineCertificates)) return;
  cpSync(machineCertificates, path.join(root, machineCertificates), { recursive: true });
  await mustRun(['chroot', root, 'update-ca-certificates']);
}

function aptConfig(access: AptAccess): string {
  const lines = ['Acquire::Languages "none";', 'APT::Install-Recommends "false";'];
  return [...lines, ...access.settings].map((line) => `${line}\n`).join('');
}
