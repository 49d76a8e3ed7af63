/** How big a square of the wall screen is, in pixels, so that a fleet of `servers` fits on it. */
export function tileSize(servers: number): number {
  if (servers <= 60) return 64;
  if (servers <= 200) return 44;
  if (servers <= 500) return 32;
  return servers <= 1200 ? 24 : 20;
}
