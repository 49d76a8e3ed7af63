import { describe, expect, it } from '@jest/globals';
import { reconnectDelay } from './backoff';

describe('reconnectDelay', () => {
  it('doubles, and half of it is random', () => {
    expect([reconnectDelay(0, 0), reconnectDelay(0, 1)]).toEqual([250, 500]);
    expect([reconnectDelay(3, 0), reconnectDelay(3, 1)]).toEqual([2000, 4000]);
  });

  it('is bounded, however often it failed', () => {
    expect(reconnectDelay(60, 1)).toBe(20_000);
    expect(reconnectDelay(2000, 1)).toBe(20_000);
  });
});
