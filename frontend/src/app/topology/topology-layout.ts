import { forceCollide, forceRadial, forceSimulation, forceX, forceY } from 'd3-force';
import type { SimulationNodeDatum } from 'd3-force';

/** Servers that are drawn together. */
export interface ClusterMembers {
  readonly key: string;
  readonly ids: readonly string[];
}

/** A point of the map. The manager is at 0, 0; units are pixels at scale 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where one server is drawn. */
export interface PlacedServer extends Point {
  readonly id: string;
}

/** Where a cluster and its servers are drawn. */
export interface PlacedCluster extends Point {
  readonly key: string;
  readonly radius: number;
  /** On its edge, towards the manager: where its connections come in. */
  readonly entry: Point;
  readonly servers: readonly PlacedServer[];
}

/** The whole map. */
export interface TopologyLayout {
  readonly clusters: readonly PlacedCluster[];
  readonly bounds: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
  /** There is room for every name. */
  readonly isNamed: boolean;
}

/** Radius of the manager's own place. */
export const MANAGER_RADIUS = 44;

/** Up to so many servers, there is room for their names. */
const MOST_NAMED = 60;

/** Longer names are cut: their neighbours need the room. The whole one stands beside the map. */
const NAME_LENGTH = 16;

const NAMED_SPACING = 104;
const DENSE_SPACING = 30;
const CLUSTER_PADDING = 30;
const CLUSTER_GAP = 34;
const HEADING_HEIGHT = 44;
const TICKS = 240;

/** Angle between neighbours of a sunflower: it fills a circle evenly, whatever the number of points. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

interface Body extends SimulationNodeDatum {
  readonly cluster: ClusterMembers;
  readonly radius: number;
}

/**
 * Places clusters as circles around the manager, none over another, and their servers evenly inside. The
 * same input gives the same map. `isPortrait`: the view is higher than wide.
 */
export function layoutTopology(
  clusters: readonly ClusterMembers[],
  { isPortrait = false } = {},
): TopologyLayout {
  const count = clusters.reduce((sum, { ids }) => sum + ids.length, 0);
  const isNamed = count <= MOST_NAMED;
  const spacing = isNamed ? NAMED_SPACING : DENSE_SPACING;
  const placed = settle(clusters, spacing, isPortrait).map((body) => place(body, spacing));
  return { clusters: placed, bounds: boundsOf(placed), isNamed };
}

/** A server's name as it fits on the map. */
export function nameOnMap(name: string): string {
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 1)}…`;
}

/** The server next to `from` in a direction; null where there is none. */
export function serverTowards(
  servers: readonly PlacedServer[],
  from: string,
  [dx, dy]: readonly [number, number],
): string | null {
  const start = servers.find(({ id }) => id === from);
  if (!start) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const { id, x, y } of servers) {
    const along = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy) + Math.abs((y - start.y) * dx);
    // Within 60 degrees of the direction; being aside costs more than being far.
    if (along <= 0 || aside > along * 1.75) continue;
    const cost = along + aside * 2;
    if (cost < least) [best, least] = [id, cost];
  }
  return best;
}

function settle(clusters: readonly ClusterMembers[], spacing: number, isPortrait: boolean): Body[] {
  // The longer side of the view gets the clusters.
  const [weak, strong] = [0.012, 0.3];
  const quarter = isPortrait ? Math.PI / 2 : 0;
  const bodies: Body[] = clusters.map((cluster, index) => {
    const radius = spread(cluster.ids.length, spacing) + CLUSTER_PADDING;
    const angle = (index / clusters.length) * 2 * Math.PI + quarter;
    const distance = MANAGER_RADIUS + radius + CLUSTER_GAP;
    return { cluster, radius, x: Math.cos(angle) * distance, y: Math.sin(angle) * distance };
  });
  const manager: SimulationNodeDatum & { radius: number } = {
    radius: MANAGER_RADIUS,
    fx: 0,
    fy: 0,
  };
  const all: (SimulationNodeDatum & { readonly radius: number })[] = [manager, ...bodies];
  forceSimulation(all)
    .force(
      'apart',
      forceCollide<(typeof all)[number]>(({ radius }) => radius + CLUSTER_GAP).iterations(4),
    )
    .force(
      'around',
      forceRadial<(typeof all)[number]>(({ radius }) => MANAGER_RADIUS + radius, 0, 0).strength(
        0.06,
      ),
    )
    .force('across', forceX(0).strength(isPortrait ? strong : weak))
    .force('along', forceY(0).strength(isPortrait ? weak : strong))
    .stop()
    .tick(TICKS);
  return bodies;
}

function place({ cluster, radius, x = 0, y = 0 }: Body, spacing: number): PlacedCluster {
  const distance = Math.hypot(x, y) || 1;
  const entry = { x: x - (x / distance) * radius, y: y - (y / distance) * radius };
  const step = spacing / 1.7;
  const servers = cluster.ids.map((id, index) => {
    const reach = cluster.ids.length === 1 ? 0 : step * Math.sqrt(index + 0.5);
    const angle = index * GOLDEN_ANGLE;
    return { id, x: x + Math.cos(angle) * reach, y: y + Math.sin(angle) * reach };
  });
  return { key: cluster.key, x, y, radius, entry, servers };
}

/** Radius that so many servers take. */
function spread(count: number, spacing: number): number {
  return Math.max(spacing / 2, (spacing / 1.7) * Math.sqrt(count));
}

function boundsOf(clusters: readonly PlacedCluster[]): TopologyLayout['bounds'] {
  const edge = MANAGER_RADIUS + 24;
  return clusters.reduce(
    ({ left, top, right, bottom }, { x, y, radius }) => ({
      left: Math.min(left, x - radius),
      top: Math.min(top, y - radius - HEADING_HEIGHT),
      right: Math.max(right, x + radius),
      bottom: Math.max(bottom, y + radius + HEADING_HEIGHT),
    }),
    { left: -edge, top: -edge, right: edge, bottom: edge },
  );
}
