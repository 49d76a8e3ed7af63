import { describe, expect, it } from '@jest/globals';
import type { Translate } from '../platform/i18n/i18n';
import { EMPTY_JUMP } from '../ssh-login/host-draft';
import { EMPTY_SERVER, createRequestOf, isStepComplete, suggestedName } from './server-draft';
import type { ServerDraft } from './server-draft';

const t = ((key: string) => key) as unknown as Translate;
const password = { kind: 'password', password: 'secret' } as const;
const ready: ServerDraft = {
  ...EMPTY_SERVER,
  host: ' web-1.example ',
  port: '2222',
  accepted: 'SHA256:abc',
  login: { ...EMPTY_SERVER.login, ...password, username: 'deploy', sudoPassword: 'sudo' },
  name: 'web-1',
  labels: 'env=production role=web',
};

describe('isStepComplete', () => {
  it('has nothing to say against a complete draft', () => {
    expect(
      (['address', 'hostKey', 'login', 'name', 'review'] as const).every((step) =>
        isStepComplete(step, ready, t),
      ),
    ).toBe(true);
  });

  it.each([
    ['address', { host: '' }],
    ['address', { port: '0' }],
    ['address', { jump: { ...EMPTY_JUMP, host: 'jump', login: ready.login } }],
    ['hostKey', { accepted: null }],
    ['login', { login: EMPTY_SERVER.login }],
    ['name', { name: 'two words' }],
    ['name', { labels: 'nonsense' }],
  ] as const)('%s is not complete with %j', (step, changes) => {
    expect(isStepComplete(step, { ...ready, ...changes }, t)).toBe(false);
  });
});

describe('createRequestOf', () => {
  it('sends the accepted key and no more than was typed', () => {
    expect(createRequestOf(ready, t)).toEqual({
      name: 'web-1',
      host: 'web-1.example',
      labels: { env: 'production', role: 'web' },
      install: true,
      ssh: {
        port: 2222,
        username: 'deploy',
        auth: { type: 'password', password: 'secret' },
        host_key: { fingerprint: 'SHA256:abc' },
        sudo_password: 'sudo',
      },
    });
  });

  it('carries the jump host with its own key', () => {
    const jump = { host: 'jump', port: '22', login: ready.login, accepted: 'SHA256:jump' };

    expect(createRequestOf({ ...ready, jump }, t).ssh.jump_host).toEqual({
      host: 'jump',
      port: 22,
      username: 'deploy',
      auth: { type: 'password', password: 'secret' },
      host_key: { fingerprint: 'SHA256:jump' },
    });
  });

  it('never sends a key nobody vouched for', () => {
    expect(() => createRequestOf({ ...ready, accepted: null }, t)).toThrow();
  });
});

describe('suggestedName', () => {
  it.each([
    ['web-1.example.org', 'web-1'],
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001-db8--1'],
    ['', ''],
  ])('%s: %s', (host, name) => {
    expect(suggestedName(host)).toBe(name);
  });
});
