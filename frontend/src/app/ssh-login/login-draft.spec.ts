import { describe, expect, it } from '@jest/globals';
import type { Translate } from '../platform/i18n/i18n';
import {
  EMPTY_LOGIN,
  authOf,
  checkHost,
  checkLogin,
  checkPort,
  isComplete,
  parseAddress,
  sudoPasswordOf,
} from './login-draft';
import { inspectKey } from './private-key';

const t = ((key: string) => key) as unknown as Translate;

/** The start of an OpenSSH key whose cipher has this name; the rest does not matter here. */
function openSsh(cipher: string): string {
  const head = `openssh-key-v1\0\0\0\0${String.fromCharCode(cipher.length)}${cipher}`;
  const body = btoa(head.padEnd(60, 'x'));
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`;
}

describe('inspectKey', () => {
  it.each([
    ['', 'missing'],
    [openSsh('none'), 'plain'],
    [openSsh('aes256-ctr'), 'encrypted'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'plain'],
    [
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      'encrypted',
    ],
    [
      '-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----',
      'encrypted',
    ],
    ['PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', 'plain'],
    ['PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n', 'encrypted'],
    ['ssh-ed25519 AAAAC3 someone@somewhere', 'public'],
    ['hello', 'unknown'],
  ])('%j is %s', (text, kind) => {
    expect(inspectKey(text)).toBe(kind);
  });
});

describe('checkLogin', () => {
  it('wants a passphrase only for an encrypted key', () => {
    const encrypted = { ...EMPTY_LOGIN, privateKey: openSsh('aes256-ctr') };

    expect(checkLogin(encrypted, t).passphrase).toBe('login.passphraseNeeded');
    expect(isComplete(checkLogin({ ...encrypted, passphrase: 'x' }, t))).toBe(true);
    expect(isComplete(checkLogin({ ...EMPTY_LOGIN, privateKey: openSsh('none') }, t))).toBe(true);
  });

  it('does not look at the key when there is a password', () => {
    expect(isComplete(checkLogin({ ...EMPTY_LOGIN, kind: 'password', password: 'x' }, t))).toBe(
      true,
    );
  });

  it.each(['', 'two words', '-x', 'a:b'])('refuses the login name %j', (username) => {
    expect(checkLogin({ ...EMPTY_LOGIN, username }, t).username).not.toBeNull();
  });
});

describe('authOf', () => {
  it('ends a key with one line break, whatever it was copied with', () => {
    const draft = { ...EMPTY_LOGIN, privateKey: '  A\r\nB\r\n\r\n' };

    expect(authOf(draft)).toEqual({ type: 'private_key', private_key: 'A\nB\n' });
  });
});

describe('sudoPasswordOf', () => {
  const byPassword = {
    ...EMPTY_LOGIN,
    username: 'admin',
    kind: 'password',
    password: 'p',
  } as const;

  it.each([
    [byPassword, 'p'],
    [{ ...byPassword, sudoPassword: 's' }, 's'],
    [{ ...byPassword, username: 'root' }, null],
    [{ ...byPassword, kind: 'private_key' as const }, null],
  ])('%#', (draft, expected) => {
    expect(sudoPasswordOf(draft)).toBe(expected);
  });
});

describe('parseAddress', () => {
  it.each([
    ['web-1', null, 'web-1', null],
    [' web-1:2222 ', null, 'web-1', 2222],
    ['deploy@web-1', 'deploy', 'web-1', null],
    ['deploy@10.0.0.1:22', 'deploy', '10.0.0.1', 22],
    ['2001:db8::1', null, '2001:db8::1', null],
    ['root@[2001:db8::1]:2222', 'root', '2001:db8::1', 2222],
    ['[::1]', null, '::1', null],
  ])('%s', (text, user, host, port) => {
    expect(parseAddress(text)).toEqual({ user, host, port });
  });
});

describe('checks of an address', () => {
  it.each(['', 'a b', '-x', 'x/y', 'ü'])('refuses the host %j', (host) => {
    expect(checkHost(host, t)).not.toBeNull();
  });

  it.each(['', '0', '65536', '22x', '1.5'])('refuses the port %j', (port) => {
    expect(checkPort(port, t)).not.toBeNull();
  });

  it('takes ordinary ones', () => {
    expect([
      checkHost('web-1.example', t),
      checkHost('2001:db8::1', t),
      checkPort('22', t),
    ]).toEqual([null, null, null]);
  });
});
