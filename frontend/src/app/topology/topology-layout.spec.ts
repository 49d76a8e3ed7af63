import { describe, expect, it } from '@jest/globals';
import { linkHealth, median } from './link-health';
import { MANAGER_RADIUS, layoutTopology, nameOnMap, serverTowards } from './topology-layout';
import type { ClusterMembers } from './topology-layout';

function clusters(...sizes: number[]): ClusterMembers[] {
  return sizes.map((size, cluster) => ({
    key: `c${cluster}`,
    ids: Array.from({ length: size }, (_unused, index) => `s${cluster}-${index}`),
  }));
}

describe('layoutTopology', () => {
  it.each([
    [[3]],
    [[1, 2, 3]],
    [[40, 3, 90, 12, 5]],
    [[500]],
    [Array.from({ length: 24 }, () => 20)],
  ])('lays no cluster over another or over the manager: %j', (sizes) => {
    const { clusters: placed } = layoutTopology(clusters(...sizes));

    for (const [index, a] of placed.entries()) {
      expect(Math.hypot(a.x, a.y)).toBeGreaterThanOrEqual(a.radius + MANAGER_RADIUS);
      for (const b of placed.slice(index + 1)) {
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(a.radius + b.radius);
      }
    }
  });

  it('keeps every server inside its cluster and off the others', () => {
    const [cluster] = layoutTopology(clusters(120)).clusters;

    for (const [index, a] of cluster!.servers.entries()) {
      expect(Math.hypot(a.x - cluster!.x, a.y - cluster!.y)).toBeLessThan(cluster!.radius - 10);
      for (const b of cluster!.servers.slice(index + 1)) {
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(18);
      }
    }
  });

  it('gives the same map again, and everything is within its bounds', () => {
    const first = layoutTopology(clusters(10, 20));
    const { left, right, top, bottom } = first.bounds;

    expect(layoutTopology(clusters(10, 20))).toEqual(first);
    for (const { x, y, radius } of first.clusters) {
      expect(x - radius).toBeGreaterThanOrEqual(left);
      expect(x + radius).toBeLessThanOrEqual(right);
      expect(y - radius).toBeGreaterThanOrEqual(top);
      expect(y + radius).toBeLessThanOrEqual(bottom);
    }
  });

  it('stretches along the longer side of the view', () => {
    const size = (isPortrait: boolean): number => {
      const { left, right, top, bottom } = layoutTopology(clusters(20, 20), { isPortrait }).bounds;
      return (right - left) / (bottom - top);
    };

    expect(size(false)).toBeGreaterThan(1.2);
    expect(size(true)).toBeLessThan(0.9);
  });
});

describe('serverTowards', () => {
  const servers = [
    { id: 'middle', x: 0, y: 0 },
    { id: 'right', x: 50, y: 10 },
    { id: 'far right', x: 200, y: 0 },
    { id: 'above', x: 5, y: -40 },
  ];

  it('goes to the nearest that way', () => {
    expect(serverTowards(servers, 'middle', [1, 0])).toBe('right');
    expect(serverTowards(servers, 'middle', [0, -1])).toBe('above');
    expect(serverTowards(servers, 'right', [1, 0])).toBe('far right');
  });

  it('stays where there is none', () => {
    expect(serverTowards(servers, 'middle', [-1, 0])).toBeNull();
    expect(serverTowards(servers, 'gone', [1, 0])).toBeNull();
  });
});

it.each([
  ['online', 12, 'fast'],
  ['online', 50, 'slow'],
  ['online', 500, 'slower'],
  ['degraded', 5, 'degraded'],
  ['offline', 5, 'down'],
  ['certificate_changed', null, 'down'],
  ['installing', null, 'none'],
] as const)('a server that is %s and answers in %s ms is linked %s', (status, latency, health) => {
  expect(linkHealth({ status, latency_ms: latency })).toBe(health);
});

it('finds the middle value', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([])).toBeNull();
});

describe('nameOnMap', () => {
  it.each([
    ['web-1', 'web-1'],
    ['sixteen-letters1', 'sixteen-letters1'],
    ['web-frontend-12.example.org', 'web-frontend-12…'],
  ])('%s', (name, shown) => {
    expect(nameOnMap(name)).toBe(shown);
  });
});
