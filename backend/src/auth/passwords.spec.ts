import { describe, expect, it } from '@jest/globals';
import { PASSWORD_REFUSED } from './auth.errors.js';
import { checkPasswordRules, PasswordHasher } from './passwords.js';

describe('checkPasswordRules', () => {
  it.each([
    ['too short', 'elevenchars'],
    ['too long', 'abcd'.repeat(65)],
    ['the login', 'some-long-login'],
    ['the login in capitals', 'SOME-LONG-LOGIN'],
    ['too uniform', 'aaaaaaaaaaaabbbc'],
  ])('refuses one that is %s', (_name, password) => {
    expect(() => {
      checkPasswordRules(password, 'some-long-login');
    }).toThrow(expect.objectContaining({ definition: PASSWORD_REFUSED }));
  });

  it.each(['twelve chars', 'pässwörter mit Umlauten', 'x'.repeat(240) + '-abcdefgh'])(
    'takes %j',
    (password) => {
      expect(() => {
        checkPasswordRules(password, 'ada');
      }).not.toThrow();
    },
  );
});

describe('PasswordHasher', () => {
  it('makes argon2id hashes of the documented cost, each with its own salt', async () => {
    const hasher = new PasswordHasher();
    const [one, two] = [await hasher.hash('correct horse'), await hasher.hash('correct horse')];

    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it('tells right from wrong', async () => {
    const hasher = new PasswordHasher();
    const stored = await hasher.hash('correct horse');

    expect(await hasher.verify(stored, 'correct horse')).toBe(true);
    expect(await hasher.verify(stored, 'correct horsf')).toBe(false);
  });

  it('takes the same characters in another Unicode form', async () => {
    const hasher = new PasswordHasher();
    const stored = await hasher.hash('pa\u0308sswo\u0308rter');

    expect(await hasher.verify(stored, 'p\u00e4ssw\u00f6rter')).toBe(true);
  });

  it('says no for an unknown user, whatever the password', async () => {
    const hasher = new PasswordHasher();
    await hasher.onModuleInit();

    expect(await hasher.verify(undefined, 'correct horse')).toBe(false);
    expect(await new PasswordHasher().verify(undefined, 'any')).toBe(false);
  });

  it('serves more callers than it has places', async () => {
    const hasher = new PasswordHasher();
    const stored = await hasher.hash('correct horse');
    const checks = Array.from({ length: 8 }, (_, index) =>
      hasher.verify(stored, index % 2 === 0 ? 'correct horse' : 'wrong'),
    );

    expect(await Promise.all(checks)).toEqual([true, false, true, false, true, false, true, false]);
  });
});
