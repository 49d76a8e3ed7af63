import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { labDirectory } from './places.ts';
import { mustRun } from './run-program.ts';

/** The kinds of keys that a lab makes. `encrypted` is an ed25519 key behind a passphrase. */
type KeyKind = 'ed25519' | 'ecdsa' | 'rsa' | 'encrypted';

/** A key pair for logging in. */
export interface LabKey {
  /** The private key's file (0600); the public one is beside it with `.pub`. */
  readonly file: string;
  /** The private key, in OpenSSH's format. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A key whose private half needs a passphrase. */
export interface EncryptedLabKey extends LabKey {
  readonly passphrase: string;
}

/** The accounts that exist on every host of a lab, with what it takes to log in. */
export interface LabUsers {
  /** Logs in with a password or a key. */
  readonly root: {
    readonly name: 'root';
    readonly password: string;
    readonly keys: { readonly ed25519: LabKey };
  };
  /** May use sudo with its password; logs in with the password. */
  readonly admin: { readonly name: 'admin'; readonly password: string };
  /** May use sudo without a password; has none; logs in with any of the keys. */
  readonly deploy: {
    readonly name: 'deploy';
    readonly keys: {
      readonly ed25519: LabKey;
      readonly ecdsa: LabKey;
      readonly rsa: LabKey;
      readonly encrypted: EncryptedLabKey;
    };
  };
  /** May not use sudo; logs in with a password or a key. */
  readonly plain: {
    readonly name: 'plain';
    readonly password: string;
    readonly keys: { readonly ed25519: LabKey };
  };
}

interface Secrets {
  readonly root: string;
  readonly admin: string;
  readonly plain: string;
  readonly passphrase: string;
}

const keyArguments: Readonly<Record<KeyKind, readonly string[]>> = {
  ed25519: ['-t', 'ed25519'],
  ecdsa: ['-t', 'ecdsa', '-b', '256'],
  rsa: ['-t', 'rsa', '-b', '2048'],
  encrypted: ['-t', 'ed25519'],
};

/** Makes a lab's passwords and keys, readable by root alone, in the lab's folder. */
export async function makeAccounts(lab: string): Promise<LabUsers> {
  const folder = path.join(labDirectory(lab), 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets: Secrets = {
    root: password(),
    admin: password(),
    plain: password(),
    passphrase: password(),
  };
  writeFileSync(secretsFile(lab), JSON.stringify(secrets, null, 2), { mode: 0o600 });
  const kinds = Object.keys(keyArguments) as KeyKind[];
  await Promise.all(
    kinds.map((kind) => {
      const passphrase = kind === 'encrypted' ? secrets.passphrase : '';
      const to = ['-f', keyFile(lab, kind), '-C', `${kind}@lab-${lab}`, '-N', passphrase];
      return mustRun(['ssh-keygen', '-q', ...keyArguments[kind], ...to]);
    }),
  );
  return loadAccounts(lab);
}

/** Reads the accounts of a lab that exists. */
export function loadAccounts(lab: string): LabUsers {
  const secrets = JSON.parse(readFileSync(secretsFile(lab), 'utf8')) as Secrets;
  const key = (kind: KeyKind): LabKey => readKey(lab, kind);
  const ed25519 = key('ed25519');
  const encrypted = { ...key('encrypted'), passphrase: secrets.passphrase };
  const deployKeys = { ed25519, ecdsa: key('ecdsa'), rsa: key('rsa'), encrypted };
  return {
    root: { name: 'root', password: secrets.root, keys: { ed25519 } },
    admin: { name: 'admin', password: secrets.admin },
    deploy: { name: 'deploy', keys: deployKeys },
    plain: { name: 'plain', password: secrets.plain, keys: { ed25519 } },
  };
}

/** Lets the accounts in on a host that is not running; `root` is where its file system is mounted. */
export async function installAccounts(root: string, users: LabUsers): Promise<void> {
  const passwords = [users.root, users.admin, users.plain];
  const input = passwords.map(({ name, password: word }) => `${name}:${word}\n`).join('');
  await mustRun(['chroot', root, 'chpasswd'], { input });
  const { ed25519, ecdsa, rsa, encrypted } = users.deploy.keys;
  await authorise(root, 'root', [ed25519]);
  await authorise(root, 'plain', [ed25519]);
  await authorise(root, 'deploy', [ed25519, ecdsa, rsa, encrypted]);
}

async function authorise(root: string, user: string, keys: readonly LabKey[]): Promise<void> {
  const home = user === 'root' ? '/root' : `/home/${user}`;
  const folder = path.join(root, home, '.ssh');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const file = path.join(folder, 'authorized_keys');
  writeFileSync(file, keys.map(({ publicKey }) => `${publicKey}\n`).join(''), { mode: 0o600 });
  await mustRun(['chroot', root, 'chown', '-R', `${user}:`, `${home}/.ssh`]);
}

function readKey(lab: string, kind: KeyKind): LabKey {
  const file = keyFile(lab, kind);
  const publicKey = readFileSync(`${file}.pub`, 'utf8').trim();
  return { file, privateKey: readFileSync(file, 'utf8'), publicKey };
}

function keyFile(lab: string, kind: KeyKind): string {
  return path.join(labDirectory(lab), 'keys', kind);
}

function secretsFile(lab: string): string {
  return path.join(labDirectory(lab), 'secrets.json');
}

function password(): string {
  return randomBytes(12).toString('base64url');
}
