import { describe, expect, it } from '@jest/globals';
import { sha256 } from '../platform/crypto/index.js';
import {
  freshApiToken,
  freshSessionSecret,
  freshSetupCode,
  looksLikeApiToken,
  looksLikeSessionSecret,
  matchesSetupCode,
} from './opaque-tokens.js';

describe('API tokens', () => {
  it('have the form that is checked, a prefix and a matching hash', () => {
    const token = freshApiToken();

    expect(looksLikeApiToken(token.value)).toBe(true);
    expect(token.value.startsWith(`myx_${token.prefix}_`)).toBe(true);
    expect(token.hash).toEqual(sha256(token.value));
  });

  it('differ', () => {
    const values = new Set(Array.from({ length: 50 }, () => freshApiToken().value));

    expect(values.size).toBe(50);
  });

  it.each(['', 'myx_', `myx_abcdefgh_${'a'.repeat(42)}`, `x${freshApiToken().value}`])(
    'are told from %j',
    (text) => {
      expect(looksLikeApiToken(text)).toBe(false);
    },
  );
});

describe('session secrets', () => {
  it('have 256 bits', () => {
    const { value, hash } = freshSessionSecret();

    expect(Buffer.from(value, 'base64url')).toHaveLength(32);
    expect(looksLikeSessionSecret(value)).toBe(true);
    expect(hash).toEqual(sha256(value));
  });
});

describe('setup codes', () => {
  it('are four groups of four', () => {
    expect(freshSetupCode().value).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it('match however they are typed', () => {
    const { value, hash } = freshSetupCode();

    expect(matchesSetupCode(value, hash)).toBe(true);
    expect(matchesSetupCode(` ${value.toLowerCase().replaceAll('-', ' ')} `, hash)).toBe(true);
    expect(matchesSetupCode(value.replaceAll('0', 'o').replaceAll('1', 'l'), hash)).toBe(true);
  });

  it('do not match another code', () => {
    expect(matchesSetupCode(freshSetupCode().value, freshSetupCode().hash)).toBe(false);
    expect(matchesSetupCode('', freshSetupCode().hash)).toBe(false);
  });
});
