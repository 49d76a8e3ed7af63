import { describe, expect, it } from '@jest/globals';
import { ClockOffset } from './clock-offset.js';

const MANAGER = Date.parse('2026-11-20T12:00:00.000Z');

function aClock(): ClockOffset {
  return new ClockOffset(() => MANAGER);
}

describe('ClockOffset', () => {
  it('takes over the time of the agent', () => {
    const clock = aClock();

    expect(clock.learn('Fri, 20 Nov 2026 11:00:00 GMT')).toBe(true);

    expect(clock.now()).toBe(Date.parse('2026-11-20T11:00:00.500Z'));
  });

  it.each([
    ['no header', undefined],
    ['several headers', ['Fri, 20 Nov 2026 11:00:00 GMT', 'x']],
    ['no date', 'yesterday'],
    ['the same time, as far as a second tells', 'Fri, 20 Nov 2026 12:00:01 GMT'],
  ])('learns nothing from %s', (_name, date) => {
    const clock = aClock();

    expect(clock.learn(date)).toBe(false);

    expect(clock.now()).toBe(MANAGER);
  });

  it('learns the same offset only once, so that a refusal is not repeated for ever', () => {
    const clock = aClock();
    clock.learn('Fri, 20 Nov 2026 11:00:00 GMT');

    expect(clock.learn('Fri, 20 Nov 2026 11:00:01 GMT')).toBe(false);
  });

  it('forgets', () => {
    const clock = aClock();
    clock.learn('Fri, 20 Nov 2026 11:00:00 GMT');

    clock.forget();

    expect(clock.now()).toBe(MANAGER);
  });
});
