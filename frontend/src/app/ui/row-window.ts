/** The rows of a long list that are in the DOM. */
export interface RowWindow {
  /** Index of the first one. */
  readonly start: number;
  /** Index after the last one. */
  readonly end: number;
  /** Space above them, in pixels. */
  readonly before: number;
  /** Space below them, in pixels. */
  readonly after: number;
}

/** Rows kept ready above and below what is seen. */
const OVERSCAN = 6;

/** Which of `count` rows of `rowHeight` pixels are needed for a view of `height` at `scrollTop`. */
export function rowWindow(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): RowWindow {
  // The list may have become shorter than it was scrolled.
  const lastTop = Math.max(0, count * rowHeight - height);
  const first = Math.floor(Math.min(Math.max(0, scrollTop), lastTop) / rowHeight);
  const shown = Math.ceil(height / rowHeight) + 1;
  const start = Math.max(0, first - OVERSCAN);
  const end = Math.min(count, first + shown + OVERSCAN);
  return {
    start,
    end,
    before: start * rowHeight,
    after: Math.max(0, count - end) * rowHeight,
  };
}

/** Where to scroll so that row `index` is fully in view; null when it is already. */
export function scrollTopFor(
  index: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): number | null {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : null;
}
