import { describe, expect, it } from '@jest/globals';
import { measure, summarise } from './statistics.ts';

describe('summarise', () => {
  it('takes nearest ranks', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(summarise(samples)).toEqual({ count: 100, p50: 50, p95: 95, min: 1, max: 100 });
  });

  it('summarises a single sample', () => {
    expect(summarise([7])).toEqual({ count: 1, p50: 7, p95: 7, min: 7, max: 7 });
  });

  it('refuses to summarise nothing', () => {
    expect(() => summarise([])).toThrow('nothing was measured');
  });
});

describe('measure', () => {
  it('leaves the warm-up out', async () => {
    const rounds: number[] = [];

    const summary = await measure(3, 2, (round) => Promise.resolve(rounds.push(round)));

    expect(rounds).toEqual([0, 1, 2, 3, 4]);
    expect(summary.count).toBe(3);
  });
});
