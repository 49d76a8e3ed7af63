import { describe, expect, it } from '@jest/globals';
import { EMPTY_JUMP, changedHost, changedJump, newLoginOf, probeOf } from './host-draft';
import type { HostDraft } from './host-draft';
import { EMPTY_LOGIN } from './login-draft';

const seen: HostDraft = { host: 'web-1', port: '22', jump: null, accepted: 'SHA256:a' };
const login = { ...EMPTY_LOGIN, username: ' deploy ', kind: 'password', password: 'p' } as const;

describe('changedHost', () => {
  it.each<[string, Partial<HostDraft>]>([
    ['address', { host: 'web-2' }],
    ['port', { port: '2222' }],
    ['way', { jump: EMPTY_JUMP }],
  ])('forgets the accepted key with another %s', (_what, changes) => {
    expect(changedHost(seen, changes)).toEqual({
      draft: { ...seen, ...changes, accepted: null },
      isElsewhere: true,
    });
  });

  it('keeps the place while a key is accepted', () => {
    const fresh: HostDraft = { ...seen, accepted: null };

    expect(changedHost(fresh, { accepted: 'SHA256:a' })).toEqual({
      draft: seen,
      isElsewhere: false,
    });
  });
});

describe('changedJump', () => {
  it('begins an empty one', () => {
    expect(changedJump(null, {})).toEqual({ jump: EMPTY_JUMP, isElsewhere: false });
  });

  it('forgets the accepted key with another address, and keeps the login', () => {
    const before = { ...EMPTY_JUMP, host: 'jump', accepted: 'SHA256:j', login };

    expect(changedJump(before, { host: 'hop' })).toEqual({
      jump: { ...before, host: 'hop', accepted: null },
      isElsewhere: true,
    });
  });
});

describe('newLoginOf', () => {
  it('has the accepted key, and the password for sudo', () => {
    expect(newLoginOf({ ...seen, port: '2222' }, login)).toEqual({
      port: 2222,
      username: 'deploy',
      auth: { type: 'password', password: 'p' },
      host_key: { fingerprint: 'SHA256:a' },
      sudo_password: 'p',
    });
  });

  it('is nothing before the key was accepted', () => {
    expect(() => newLoginOf({ ...seen, accepted: null }, login)).toThrow('not accepted');
  });
});

describe('probeOf', () => {
  it('goes through the jump host with its accepted key', () => {
    const jump = { ...EMPTY_JUMP, host: 'jump', accepted: 'SHA256:j', login };

    expect(probeOf({ ...seen, jump })).toMatchObject({
      host: 'web-1',
      port: 22,
      jump_host: { host: 'jump', username: 'deploy', host_key: { fingerprint: 'SHA256:j' } },
    });
  });
});
