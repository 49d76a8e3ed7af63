import { describe, expect, it } from '@jest/globals';
import { AllowedAddresses } from './allowed-addresses.ts';

describe('AllowedAddresses', () => {
  const some = new AllowedAddresses(['192.0.2.7', '198.51.100.0/24', '2001:db8::/32']);

  it.each([
    ['192.0.2.7', true],
    ['::ffff:192.0.2.7', true],
    ['192.0.2.8', false],
    ['198.51.100.200', true],
    ['::ffff:198.51.101.1', false],
    ['2001:db8:1::1', true],
    ['2001:db9::1', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(some.has(address)).toBe(expected);
  });

  it('allows every address without a list', () => {
    expect(new AllowedAddresses(undefined).has('203.0.113.9')).toBe(true);
  });
});
