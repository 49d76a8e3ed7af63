import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Api } from '../platform/api/generated/api';
import type { Figures } from '../platform/api/generated/models/figures';
import { FleetStore } from '../servers/fleet-store';
import { VitalsHistory, joined, pointOf, toldOf } from './vitals-history';

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

describe('traffic', () => {
  it('is counted by the server’s own clock', () => {
    const before = { at: 10, figures: { ...figures(1000, 0), uptime_seconds: 100 } };
    const now = { ...figures(3000, 0), uptime_seconds: 120 };

    expect(pointOf(now, 15, before).received).toBe(100);
  });
});

describe('the last hour', () => {
  const sample = (second: number, received: number) => ({
    ...figures(received, 0),
    at: new Date(second * 1000).toISOString(),
  });
  const kept = toldOf([sample(100, 0), sample(120, 4000)], 60);
  const live = (at: number, received: number) => ({ at, figures: figures(received, 0) });

  function drawn(first: ReturnType<typeof live> | null, ...later: readonly number[]) {
    const points = [...(first ? [first.at] : []), ...later].map((at) =>
      pointOf(figures(0, 0), at, null),
    );
    return joined(kept, first, points).map(({ at, received }) => [at, received]);
  }

  it('has a point for every sample, by this machine’s clock', () => {
    expect(drawn(null)).toEqual([
      [160, null],
      [180, 200],
    ]);
  });

  it('goes on with what is told live', () => {
    expect(drawn(live(190, 5000), 200)).toEqual([
      [160, null],
      [180, 200],
      [190, expect.any(Number)],
      [200, null],
    ]);
  });

  it('has what was kept and told alike only once', () => {
    expect(drawn(live(190, 4000), 200).map(([at]) => at)).toEqual([160, 180, 200]);
  });

  it('leaves out samples of the time that was watched live', () => {
    expect(drawn(live(170, 2000)).map(([at]) => at)).toEqual([160, 170]);
  });
});

describe('a server without figures', () => {
  it.each([
    ['has told that it kept none', () => ({ at: '2026-11-22T00:00:00.000Z', samples: [] })],
    [
      'cannot be asked',
      () => {
        throw new Error('no way to the manager');
      },
    ],
  ])('is known to have none once the manager %s', async (_name, answer) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const fleet = { revision: () => 0, server: () => undefined };
    TestBed.configureTestingModule({
      providers: [
        { provide: Api, useValue: { invoke: () => promise.then(answer) } },
        { provide: FleetStore, useValue: fleet },
      ],
    });
    const history = TestBed.inject(VitalsHistory);

    history.watch('a');
    const atFirst = history.isKnown('a');
    resolve(undefined);
    await new Promise((done) => setTimeout(done));

    expect(atFirst).toBe(false);
    expect(history.isKnown('a')).toBe(true);
    expect(history.isKnown('b')).toBe(false);
    expect(history.of('a')).toEqual([]);
  });
});
