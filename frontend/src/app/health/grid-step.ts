/** Where a place of a grid is drawn. */
export interface Place {
  readonly left: number;
  readonly top: number;
}

/**
 * The place that a key leads to from place `from` of a grid that wraps: arrows to the neighbours, Home and
 * End to the ends. Null when the key means nothing, or leads out of the grid.
 */
export function gridStep(key: string, from: number, places: readonly Place[]): number | null {
  const start = places[from];
  if (!start) return null;
  const last = places.length - 1;
  switch (key) {
    case 'ArrowRight':
      return from < last ? from + 1 : null;
    case 'ArrowLeft':
      return from > 0 ? from - 1 : null;
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'ArrowDown':
      return nextRow(places, from, start, 1);
    case 'ArrowUp':
      return nextRow(places, from, start, -1);
    default:
      return null;
  }
}

/** In the next row that way, the place nearest to straight above or below. */
function nextRow(places: readonly Place[], from: number, start: Place, way: 1 | -1): number | null {
  let best: number | null = null;
  let row: number | null = null;
  for (let at = from + way; at >= 0 && at < places.length; at += way) {
    const place = places[at];
    if (!place || place.top === start.top) continue;
    row ??= place.top;
    if (place.top !== row) break;
    const isNearer =
      best === null ||
      Math.abs(place.left - start.left) < Math.abs((places[best]?.left ?? 0) - start.left);
    if (isNearer) best = at;
  }
  return best;
}
