import { describe, expect, it } from '@jest/globals';
import { FailureBackoff } from './failure-backoff.ts';

function failing(times: number): { backoff: FailureBackoff; clock: { now: number } } {
  const clock = { now: 1000 };
  const backoff = new FailureBackoff(() => clock.now);
  for (let count = 0; count < times; count += 1) backoff.failed('a');
  return { backoff, clock };
}

describe('FailureBackoff', () => {
  it('forgives the first twenty failures', () => {
    expect(failing(20).backoff.isRefused('a')).toBe(false);
  });

  it('refuses for a second, then twice as long, never above half a minute', () => {
    const { backoff, clock } = failing(21);

    expect(backoff.isRefused('a')).toBe(true);
    clock.now += 1000;
    expect(backoff.isRefused('a')).toBe(false);
    backoff.failed('a');
    clock.now += 1999;
    expect(backoff.isRefused('a')).toBe(true);
    for (let count = 0; count < 50; count += 1) backoff.failed('a');
    clock.now += 30_000;
    expect(backoff.isRefused('a')).toBe(false);
  });

  it('refuses nobody else, and forgets after a success or two quiet minutes', () => {
    const { backoff, clock } = failing(30);

    expect(backoff.isRefused('b')).toBe(false);
    clock.now += 121_000;
    backoff.failed('a');
    expect(backoff.isRefused('a')).toBe(false);
    const other = failing(30).backoff;
    other.succeeded('a');
    expect(other.isRefused('a')).toBe(false);
  });
});
