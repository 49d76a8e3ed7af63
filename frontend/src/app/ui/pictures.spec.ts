import { describe, expect, it } from '@jest/globals';
import { sparklinePath } from './sparkline-path';
import { uptimePaths } from './uptime-bar';

describe('sparklinePath', () => {
  it('spans the box, the highest value on top', () => {
    expect(sparklinePath([0, 1, 0.5], 100, 20, 0.1)).toBe('M0.0,18.0L50.0,2.0L100.0,10.0');
  });

  it('draws nearly equal values near the middle', () => {
    expect(sparklinePath([0.5, 0.51], 100, 20, 1)).toBe('M0.0,10.1L100.0,9.9');
  });

  it('skips values that are missing, and draws nothing with fewer than two', () => {
    expect(sparklinePath([0, null, 1], 100, 20, 0.1)).toBe('M0.0,18.0L100.0,2.0');
    expect(sparklinePath([null, 1], 100, 20, 0.1)).toBe('');
    expect(sparklinePath([], 100, 20, 0.1)).toBe('');
  });
});

describe('uptimePaths', () => {
  it('makes one path per state, each state of its own height', () => {
    expect(uptimePaths(['up', 'down', 'up'])).toEqual([
      { state: 'up', path: 'M0,2h2.6v12h-2.6zM8,2h2.6v12h-2.6z' },
      { state: 'down', path: 'M4,0h2.6v16h-2.6z' },
    ]);
  });
});
