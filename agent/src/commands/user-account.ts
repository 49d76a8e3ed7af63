import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A login account of the server. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Home directory, whether or not it exists. */
  readonly home: string;
}

/** Root, which every server has and nobody need ask for. */
export const ROOT_ACCOUNT: UserAccount = { name: 'root', uid: 0, gid: 0, home: '/root' };

/**
 * Looks an account up in all sources the server is configured with, not only /etc/passwd
 * (getent(1), nsswitch.conf(5)); undefined when there is none of that name.
 */
export async function findAccount(name: string): Promise<UserAccount | undefined> {
  if (name === 'root') return ROOT_ACCOUNT;
  try {
    const { stdout } = await promisify(execFile)('getent', ['passwd', '--', name], {
      timeout: 10_000,
    });
    return parsePasswdEntry(stdout);
  } catch (error) {
    // getent ends with status 2 for an unknown name. Anything else is a fault of the server.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 2) {
      return undefined;
    }
    throw error;
  }
}

/** Parses one line of passwd(5). */
export function parsePasswdEntry(line: string): UserAccount {
  const [name = '', , uid = '', gid = '', , home = ''] = line.trim().split(':');
  if (name === '' || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) {
    throw new Error('getent answered no passwd(5) line');
  }
  return { name, uid: Number(uid), gid: Number(gid), home: home === '' ? '/' : home };
}
