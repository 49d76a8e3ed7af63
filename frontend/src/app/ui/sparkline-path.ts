/**
 * The line through `values` (oldest first) in a box, as SVG path data; empty with fewer than two known
 * values. Values less than `minimumRange` apart stay near the middle.
 */
export function sparklinePath(
  values: readonly (number | null)[],
  width: number,
  height: number,
  minimumRange: number,
): string {
  const points = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  if (points.length < 2) return '';
  const known = points.map(({ value }) => value);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const range = Math.max(high - low, minimumRange);
  const bottom = (high + low) / 2 - range / 2;
  const step = width / (values.length - 1);
  return points
    .map(({ value, index }, at) => {
      const x = (index * step).toFixed(1);
      const y = (height - 2 - ((value - bottom) / range) * (height - 4)).toFixed(1);
      return `${at === 0 ? 'M' : 'L'}${x},${y}`;
    })
    .join('');
}
