import { describe, expect, it } from '@jest/globals';
import { UPTIME_SPANS, uptimeOf, uptimeSpansOf } from './uptime.js';
import type { StatusPoint } from './uptime.js';

const FROM = new Date('2026-11-20T00:00:00Z');
const TO = new Date('2026-11-21T00:00:00Z');

function at(hour: number, status: StatusPoint['status']): StatusPoint {
  return { status, at: new Date(FROM.getTime() + hour * 3_600_000) };
}

describe('uptimeOf', () => {
  it.each<[string, StatusPoint[], number, number, number | null]>([
    ['up before and ever since', [at(-5, 'online')], 24, 0, 100],
    ['degraded counts as up', [at(-5, 'degraded')], 24, 0, 100],
    ['down for six hours', [at(-5, 'online'), at(6, 'offline'), at(12, 'online')], 18, 6, 75],
    ['another certificate counts as down', [at(-1, 'certificate_changed')], 0, 24, 0],
    ['added in the window', [at(12, 'new'), at(14, 'online'), at(19, 'offline')], 5, 5, 50],
    ['work on it counts as neither', [at(-1, 'online'), at(20, 'installing')], 20, 0, 100],
    ['never up or down', [at(3, 'install_failed')], 0, 0, null],
    ['nothing known', [], 0, 0, null],
  ])('sums up: %s', (_name, points, up, down, percent) => {
    expect(uptimeOf(points, FROM, TO)).toEqual({
      up_seconds: up * 3600,
      down_seconds: down * 3600,
      percent,
    });
  });

  it('never rounds an outage away', () => {
    const points = [at(-1, 'online'), at(12, 'offline'), { ...at(12, 'online') }];
    const short = points.with(2, { status: 'online', at: new Date(FROM.getTime() + 43_200_500) });

    expect(uptimeOf(short, FROM, TO).percent).toBeLessThan(100);
  });
});

describe('uptimeSpansOf', () => {
  const hoursPerSpan = 24 / UPTIME_SPANS;

  it('has one letter per span, oldest first', () => {
    const points = [
      at(-1, 'online'),
      at(6 * hoursPerSpan, 'offline'),
      at(9 * hoursPerSpan, 'online'),
    ];

    expect(uptimeSpansOf(points, FROM, TO)).toBe(`${'u'.repeat(6)}ddd${'u'.repeat(21)}`);
  });

  it('shows an outage of a second, and the worst of a span', () => {
    const points = [
      at(-1, 'degraded'),
      at(0.1, 'offline'),
      { ...at(0.1, 'online'), at: new Date(at(0.1, 'online').at.getTime() + 1000) },
    ];

    expect(uptimeSpansOf(points, FROM, TO)).toBe(`d${'u'.repeat(29)}`);
  });

  it('knows nothing before the first point, and of servers being worked on', () => {
    const points = [at(10 * hoursPerSpan, 'new'), at(20 * hoursPerSpan, 'degraded')];

    expect(uptimeSpansOf(points, FROM, TO)).toBe(`${'-'.repeat(20)}${'g'.repeat(10)}`);
    expect(uptimeSpansOf([], FROM, TO)).toBe('-'.repeat(UPTIME_SPANS));
  });
});
