/** Orders versions like 26.3.27; negative when the first is older. */
export function compareXrayVersions(one: string, other: string): number {
  const parts = (version: string): number[] => version.split('.').map(Number);
  const others = parts(other);
  for (const [index, part] of parts(one).entries()) {
    const difference = part - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version is this one or newer. */
export function isAtLeast(version: string, bound: string): boolean {
  return compareXrayVersions(version, bound) >= 0;
}
