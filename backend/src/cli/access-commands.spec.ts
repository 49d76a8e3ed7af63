import { describe, expect, it } from '@jest/globals';
import { daysOf } from './access-commands.js';

describe('daysOf', () => {
  it.each([
    ['1d', 1],
    ['90d', 90],
    ['12w', 84],
    ['1y', 365],
    ['365d', 365],
  ])('%s is %d days', (text, days) => {
    expect(daysOf(text)).toBe(days);
  });

  it.each(['', '0d', '366d', '2y', '53w', '90', 'd', '-1d', '1.5d', '90d ', '1m', '99999d'])(
    'refuses %j',
    (text) => {
      expect(() => daysOf(text)).toThrow('--expires takes');
    },
  );
});
