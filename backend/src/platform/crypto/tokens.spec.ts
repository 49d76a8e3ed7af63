import { describe, expect, it } from '@jest/globals';

import { equalSecrets, randomToken, sha256, sha256Hex } from './tokens.js';

describe('randomToken', () => {
  it('has 256 bits unless told otherwise, in letters that need no escaping', () => {
    expect(randomToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(randomToken(12), 'base64url')).toHaveLength(12);
    expect(randomToken()).not.toBe(randomToken());
  });
});

describe('sha256', () => {
  it('agrees with the example of FIPS 180-4', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

    expect(sha256Hex('abc')).toBe(abc);
    expect(sha256(Buffer.from('abc')).toString('hex')).toBe(abc);
  });
});

describe('equalSecrets', () => {
  it.each([
    ['same', 'same', true],
    ['same', 'sama', false],
    ['same', 'longer', false],
    ['', '', true],
    ['same', '', false],
  ])('compares %j and %j', (left, right, equal) => {
    expect(equalSecrets(left, right)).toBe(equal);
    expect(equalSecrets(Buffer.from(left), right)).toBe(equal);
  });
});
