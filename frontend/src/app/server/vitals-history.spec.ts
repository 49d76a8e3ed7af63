import { describe, expect, it } from '@jest/globals';
import type { Figures } from '../platform/api/generated/models/figures';
import { pointOf, pointsOf } from './vitals-history';

function figures(received: number, sent: number): Figures {
  return {
    uptime_seconds: 1,
    load_1: 0.5,
    cpu_percent: 12,
    memory_used_percent: 40,
    swap_used_percent: null,
    disk_used_percent: null,
    network_received_bytes: received,
    network_sent_bytes: sent,
  };
}

describe('pointOf', () => {
  it('has no traffic without figures before', () => {
    expect(pointOf(figures(100, 100), 10, null)).toMatchObject({
      received: null,
      sent: null,
      cpu: 12,
    });
  });

  it('tells what was added a second', () => {
    const point = pointOf(figures(3000, 500), 15, { at: 10, figures: figures(1000, 500) });

    expect(point).toMatchObject({ received: 400, sent: 0 });
  });

  it('tells nothing when a counter went back', () => {
    const point = pointOf(figures(10, 2000), 15, { at: 10, figures: figures(1000, 1000) });

    expect(point).toMatchObject({ received: null, sent: 200 });
  });
});

describe('pointsOf', () => {
  const sample = (second: number, received: number) => ({
    ...figures(received, 0),
    at: new Date(second * 1000).toISOString(),
  });

  it('has a point for every sample, by this machine’s clock', () => {
    const points = pointsOf([sample(100, 0), sample(120, 4000)], { ahead: 60, until: Infinity });

    expect(points.map(({ at, received }) => [at, received])).toEqual([
      [160, null],
      [180, 200],
    ]);
  });

  it('leaves out what is told live already', () => {
    const points = pointsOf([sample(100, 0), sample(120, 4000)], { ahead: 0, until: 120 });

    expect(points.map(({ at }) => at)).toEqual([100]);
  });
});
