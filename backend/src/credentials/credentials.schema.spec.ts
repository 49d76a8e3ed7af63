import { describe, expect, it } from '@jest/globals';
import { SshAuth, SshUsername, SudoPassword } from './credentials.schema.js';

describe('SshAuth', () => {
  it.each([
    ['a password', { type: 'password', password: 'p w' }],
    ['a key', { type: 'private_key', private_key: '-----BEGIN' }],
    ['an encrypted key', { type: 'private_key', private_key: 'k', passphrase: 'p' }],
  ])('takes %s', (_name, auth) => {
    expect(SshAuth.parse(auth)).toEqual(auth);
  });

  it.each([
    ['both at once', { type: 'password', password: 'p', private_key: 'k' }],
    ['an empty password', { type: 'password', password: '' }],
    ['a password of two lines', { type: 'password', password: 'a\nb' }],
    ['a key beyond 64 KiB', { type: 'private_key', private_key: 'k'.repeat(65_537) }],
    ['an unknown kind', { type: 'none' }],
  ])('refuses %s', (_name, auth) => {
    expect(SshAuth.safeParse(auth).success).toBe(false);
  });
});

describe('SshUsername', () => {
  it.each(['root', 'deploy_1', 'CORP\\ada', 'ada@corp.example', 'jürgen'])('takes %j', (name) => {
    expect(SshUsername.parse(name)).toBe(name);
  });

  it.each(['', '-oProxyCommand=x', 'a b', 'a:b', 'a\nb', 'a\0', 'x'.repeat(129)])(
    'refuses %j',
    (name) => {
      expect(SshUsername.safeParse(name).success).toBe(false);
    },
  );
});

describe('SudoPassword', () => {
  it('is one line: sudo reads no further', () => {
    expect(SudoPassword.safeParse('a\nb').success).toBe(false);
    expect(SudoPassword.safeParse('a b').success).toBe(true);
  });
});
