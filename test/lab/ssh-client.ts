import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EncryptedLabKey, LabKey } from './accounts.ts';
import { readHostKeys } from './host-files.ts';
import type { LabRecord } from './lab-state.ts';
import { labDirectory, script } from './places.ts';
import { type Outcome, run } from './run-program.ts';

/** How to log in with OpenSSH's client: with a key, or with a password. */
export interface SshLogin {
  readonly user: string;
  readonly key?: LabKey | EncryptedLabKey;
  readonly password?: string;
  /** The method for the password; sshd's "password" unless told otherwise. */
  readonly method?: 'password' | 'keyboard-interactive';
  /** More of the client's options, such as ['-o', 'ConnectTimeout=3']; they win over the rest. */
  readonly options?: readonly string[];
  readonly timeoutMs?: number;
}

/** The files that let OpenSSH's client in; both name every host of the lab. */
export interface SshFiles {
  readonly knownHosts: string;
  readonly config: string;
}

/** Where a lab's files for OpenSSH's client are. */
export function sshFiles(lab: string): SshFiles {
  const folder = labDirectory(lab);
  return { knownHosts: path.join(folder, 'known_hosts'), config: path.join(folder, 'ssh_config') };
}

/** Writes the lab's files for OpenSSH's client anew. */
export function writeSshFiles(record: LabRecord): void {
  const { knownHosts, config } = sshFiles(record.name);
  const keys = record.hosts.flatMap((host) => {
    const name = host.sshPort === 22 ? host.address : `[${host.address}]:${host.sshPort}`;
    return readHostKeys(record, host).map((key) => `${name} ${key}\n`);
  });
  writeFileSync(knownHosts, keys.join(''), { mode: 0o600 });
  const hosts = record.hosts.map(({ name, address, sshPort, options }) => {
    const jump = record.hosts[options.isolatedBehind ?? -1];
    const proxy = jump === undefined ? '' : `  ProxyJump ${jump.name}\n`;
    return `Host ${name}\n  HostName ${address}\n  Port ${sshPort}\n${proxy}`;
  });
  const common = [
    ...['Host *', 'User root', `IdentityFile ${labDirectory(record.name)}/keys/ed25519`],
    ...['IdentitiesOnly yes', `UserKnownHostsFile ${knownHosts}`, 'GlobalKnownHostsFile /dev/null'],
    ...['StrictHostKeyChecking yes', 'LogLevel ERROR'],
  ];
  writeFileSync(config, `${hosts.join('')}${common.join('\n  ')}\n`, { mode: 0o600 });
}

/**
 * Runs a program on a host through OpenSSH's client, as the given login and nothing else. A code of
 * 255 means that there was no connection or no login; stderr tells.
 */
export function runSsh(
  lab: string,
  host: string,
  login: SshLogin,
  argv: readonly string[],
): Promise<Outcome> {
  const method = login.key === undefined ? (login.method ?? 'password') : 'publickey';
  const identity = login.key === undefined ? [] : ['-i', login.key.file];
  const passphrase =
    login.key !== undefined && 'passphrase' in login.key ? login.key.passphrase : '';
  return run(
    [
      ...['ssh', '-F', sshFiles(lab).config, '-l', login.user, ...identity],
      ...(login.options ?? []),
      ...['-o', `PreferredAuthentications=${method}`, '-o', 'NumberOfPasswordPrompts=1'],
      ...['-o', 'ConnectTimeout=60', host, ...argv],
    ],
    {
      environment: {
        SSH_ASKPASS: script('askpass.sh'),
        SSH_ASKPASS_REQUIRE: 'force',
        MYX_LAB_SECRET: login.password ?? passphrase,
      },
      timeoutMs: login.timeoutMs,
    },
  );
}
