import { describe, expect, it } from '@jest/globals';
import { Labels, labelsOf, ServerName, UpdateServer } from './servers.schema.js';
import { Host, HostKeyFingerprint, SshLogin } from './ssh-login.schema.js';

describe('Host', () => {
  it.each(['web-1.example.org', '10.0.0.1', '2001:db8::1', '::1', 'localhost', 'a_b'])(
    'takes %s',
    (host) => {
      expect(Host.safeParse(host).success).toBe(true);
    },
  );

  it.each([
    '',
    '-oProxyCommand=touch',
    'a b',
    'a;b',
    '$(id)',
    '`id`',
    'a\nb',
    'a/b',
    'ä',
    'x'.repeat(254),
  ])('refuses %j', (host) => {
    expect(Host.safeParse(host).success).toBe(false);
  });
});

describe('ServerName', () => {
  it.each(['-rf', 'a b', '{{7*7}}', '', 'x'.repeat(101)])('refuses %j', (name) => {
    expect(ServerName.safeParse(name).success).toBe(false);
  });
});

describe('Labels', () => {
  it('takes keys with a prefix and free values', () => {
    expect(Labels.safeParse({ 'team/owner': 'Ada Lovelace', env: '' }).success).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['a key with a blank', { 'a b': 'x' }],
    ['a key with =', { 'a=b': 'x' }],
    ['a value with a line break', { a: 'x\ny' }],
    ['too many', Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, 'v']))],
  ])('refuses %s', (_name, labels) => {
    expect(Labels.safeParse(labels).success).toBe(false);
  });
});

describe('labelsOf', () => {
  it.each<[string | string[] | undefined, Record<string, string>]>([
    [undefined, {}],
    ['env=prod', { env: 'prod' }],
    [['env=prod', 'role='], { env: 'prod', role: '' }],
  ])('reads %j', (filter, labels) => {
    expect(labelsOf(filter)).toEqual(labels);
  });
});

describe('SshLogin', () => {
  const login = {
    username: 'root',
    auth: { type: 'password', password: 'x' },
    host_key: { accept: 'first_seen' },
  };

  it('uses port 22 unless told', () => {
    expect(SshLogin.parse(login).port).toBe(22);
  });

  it.each<[string, object]>([
    ['no host key choice', { ...login, host_key: undefined }],
    ['a host key of MD5', { ...login, host_key: { fingerprint: 'MD5:00:11' } }],
    ['both kinds of choice', { ...login, host_key: { accept: 'first_seen', fingerprint: 'x' } }],
    ['an unknown field', { ...login, hostKey: 'x' }],
    ['a login that looks like an option', { ...login, username: '-l' }],
  ])('refuses %s', (_name, input) => {
    expect(SshLogin.safeParse(input).success).toBe(false);
  });
});

describe('HostKeyFingerprint', () => {
  it('takes what ssh-keygen prints', () => {
    const fingerprint = 'SHA256:w+/5tH3qFFqTpBWA1PriFaI3d6LrUxcao/Wt0pI5nuw';

    expect(HostKeyFingerprint.safeParse(fingerprint).success).toBe(true);
  });
});

describe('UpdateServer', () => {
  it('refuses a heartbeat interval that ends before it begins', () => {
    const heartbeat = { min_interval_seconds: 30, max_interval_seconds: 20 };

    expect(UpdateServer.safeParse({ heartbeat }).success).toBe(false);
  });
});
