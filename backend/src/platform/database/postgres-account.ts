import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** The user and group a process runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** One line of /etc/passwd, as far as it matters here. */
export interface PasswdEntry extends Account {
  readonly name: string;
}

/**
 * User ids that systemd's allocation table leaves to nobody
 * (https://systemd.io/UIDS-GIDS/): above the ones of ordinary and of system users, below those of
 * dynamic users and of containers.
 */
const FREE_UIDS = { first: 60_578, last: 61_183 } as const;

/** Unprivileged accounts that practically every Linux system has. */
const BORROWED_NAMES = ['nobody', 'daemon', 'bin'];

/** Reads /etc/passwd (passwd(5)); malformed lines are left out. */
export function parsePasswd(text: string): readonly PasswdEntry[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    const entry = { name: name ?? '', uid: Number(uid), gid: Number(gid) };
    return entry.name !== '' && Number.isInteger(entry.uid) && Number.isInteger(entry.gid)
      ? [entry]
      : [];
  });
}

/**
 * The user id under which PostgreSQL serves the given data directory when the manager is root, which
 * PostgreSQL refuses to be. The id needs no entry in /etc/passwd, so nothing is added to the system;
 * it follows from the path, so that two data directories do not share one.
 * @throws Error when every id of the range is taken
 */
export function dedicatedAccount(dataDir: string, passwd: readonly PasswdEntry[]): Account {
  const taken = new Set(passwd.map(({ uid }) => uid));
  const size = FREE_UIDS.last - FREE_UIDS.first + 1;
  const start = createHash('sha256').update(dataDir).digest().readUInt32BE(0) % size;
  for (let step = 0; step < size; step += 1) {
    const uid = FREE_UIDS.first + ((start + step) % size);
    if (!taken.has(uid)) return { uid, gid: uid };
  }
  throw new Error(
    `no free user id between ${FREE_UIDS.first} and ${FREE_UIDS.last} for PostgreSQL`,
  );
}

/**
 * An existing unprivileged account to run `initdb` under: unlike the database server, it looks its own
 * user up in /etc/passwd.
 * @throws Error when the system has none of the usual ones
 */
export function borrowedAccount(passwd: readonly PasswdEntry[]): Account {
  for (const name of BORROWED_NAMES) {
    const entry = passwd.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (entry !== undefined) return { uid: entry.uid, gid: entry.gid };
  }
  throw new Error(
    `cannot prepare PostgreSQL as root: none of the accounts ${BORROWED_NAMES.join(', ')} exists in /etc/passwd`,
  );
}

/** The accounts known on this machine; empty where there is no /etc/passwd. */
export function readPasswd(): readonly PasswdEntry[] {
  try {
    return parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * The account of this process, and its name as PostgreSQL's peer authentication will see it.
 * @throws Error when the account has no name, as in containers that run under an arbitrary user id
 */
export function ownAccount(): PasswdEntry {
  try {
    const { uid, gid, username } = userInfo();
    return { uid, gid, name: username };
  } catch (error) {
    throw new Error(
      'the embedded PostgreSQL needs the user of this process to have a name: add an entry to /etc/passwd, or set DATABASE_URL',
      { cause: error },
    );
  }
}

/** Whether an error of the file system or of a process carries the given code. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    codes.includes(String(error.code))
  );
}
