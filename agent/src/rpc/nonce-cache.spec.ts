import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NonceCache } from './nonce-cache.ts';

describe('NonceCache', () => {
  it('accepts a nonce once', () => {
    const cache = new NonceCache({ capacity: 10, freshnessMs: 1000 });

    expect(cache.accept('a', 5000, 5000)).toBe(true);
    expect(cache.accept('a', 5000, 5000)).toBe(false);
    expect(cache.accept('b', 5000, 5000)).toBe(true);
  });

  it('forgets what is no longer fresh and then takes new ones', () => {
    const cache = new NonceCache({ capacity: 3, freshnessMs: 1000 });
    for (const nonce of ['a', 'b', 'c']) cache.accept(nonce, 1000, 1000);

    expect(cache.accept('d', 9000, 9000)).toBe(true);
    expect(cache.accept('e', 9000, 9000)).toBe(true);
  });

  it('never accepts a fresh nonce twice, however many come', () => {
    const requests = fc.array(
      fc.record({
        nonce: fc.integer({ min: 0, max: 30 }),
        timestamp: fc.integer({ min: 0, max: 50 }),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(requests, (sent) => {
        const cache = new NonceCache({ capacity: 8, freshnessMs: 1000 });
        const accepted = sent.filter(({ nonce, timestamp }) =>
          cache.accept(`${nonce}/${timestamp}`, timestamp, 50),
        );

        const keys = accepted.map(({ nonce, timestamp }) => `${nonce}/${timestamp}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
