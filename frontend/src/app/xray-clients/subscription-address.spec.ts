import { describe, expect, it } from '@jest/globals';
import { reachesOnlyHere } from './subscription-address';

describe('reachesOnlyHere', () => {
  it.each([
    ['http://127.0.0.1:8080/sub/x', true],
    ['http://localhost:8080/sub/x', true],
    ['http://[::1]:8080/sub/x', true],
    ['http://0.0.0.0:8080/sub/x', true],
    ['https://myx.example.com/sub/x', false],
    ['http://10.0.0.1:8080/sub/x', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(reachesOnlyHere(address)).toBe(expected);
  });
});
