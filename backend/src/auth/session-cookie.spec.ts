import { describe, expect, it } from '@jest/globals';
import { endedSessionCookie, sessionCookie, sessionSecretIn } from './session-cookie.js';

describe('sessionCookie', () => {
  it('is bound to the host and to TLS where there is TLS', () => {
    expect(sessionCookie('abc', true, 60)).toBe(
      '__Host-myx=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure',
    );
  });

  it('does without the prefix where there is none', () => {
    expect(sessionCookie('abc', false, 60)).toBe(
      'myx=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict',
    );
  });

  it('ends at once', () => {
    expect(endedSessionCookie(false)).toContain('Max-Age=0');
  });
});

describe('sessionSecretIn', () => {
  it.each([
    ['among others', 'a=b; myx=abc; c=d', false, 'abc'],
    ['twice the same', 'myx=abc; myx=abc', false, 'abc'],
    ['twice, different', 'myx=abc; myx=xyz', false, undefined],
    ['empty', 'myx=', false, undefined],
    ['absent', 'a=b', false, undefined],
    ['no header', undefined, false, undefined],
    ['a longer name', 'notmyx=abc; myx2=abc', false, undefined],
    ['the prefixed name under TLS', '__Host-myx=abc', true, 'abc'],
    ['a plain cookie planted under TLS', 'myx=abc', true, undefined],
    ['the prefixed name without TLS', '__Host-myx=abc', false, undefined],
  ])('%s', (_name, header, secure, expected) => {
    expect(sessionSecretIn(header, secure)).toBe(expected);
  });
});
