/**
 * The places of values that have none beside them; null without such. A line goes from one value to the next: these
 * would not be seen.
 */
export function lonePoints(values: ArrayLike<number | null | undefined>): number[] | null {
  const isValue = (at: number): boolean => typeof values[at] === 'number';
  const isLone = (at: number): boolean => isValue(at) && !isValue(at - 1) && !isValue(at + 1);
  const lone = Array.from(values, (_value, at) => at).filter(isLone);
  return lone.length === 0 ? null : lone;
}
