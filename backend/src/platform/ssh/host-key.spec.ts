import { describe, expect, it } from '@jest/globals';
import { describeHostKey, isFingerprint, matchesFingerprint } from './host-key.js';

// The Ed25519 key of github.com and its fingerprint, as GitHub publishes them.
const wireKey = Buffer.from(
  'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
  'base64',
);
const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';

describe('describeHostKey', () => {
  it('shows a key as ssh-keygen does', () => {
    expect(describeHostKey(wireKey)).toEqual({ algorithm: 'ssh-ed25519', fingerprint });
  });

  it.each([Buffer.alloc(0), Buffer.alloc(3), Buffer.from([0xff, 0xff, 0xff, 0xff, 1])])(
    'refuses bytes that are no key',
    (bytes) => {
      expect(() => describeHostKey(bytes)).toThrow(RangeError);
    },
  );
});

describe('matchesFingerprint', () => {
  const key = describeHostKey(wireKey);

  it('compares whole fingerprints', () => {
    expect(matchesFingerprint(key, fingerprint)).toBe(true);
    expect(matchesFingerprint(key, fingerprint.replace('+', 'a'))).toBe(false);
  });

  it.each(['', 'SHA256:', fingerprint.slice(0, -1), `${fingerprint}=`, fingerprint.toLowerCase()])(
    'matches nothing to %j',
    (pin) => {
      expect(matchesFingerprint(key, pin)).toBe(false);
    },
  );

  it('knows a well-formed fingerprint', () => {
    expect([isFingerprint(fingerprint), isFingerprint('MD5:00:11')]).toEqual([true, false]);
  });
});
