/** One column of a table. */
export interface TableColumn {
  readonly id: string;
  readonly label: string;
  /** CSS grid track: `140px`, `minmax(180px, 2fr)`. */
  readonly width: string;
  readonly sortable?: boolean;
  readonly align?: 'start' | 'end';
  /** Narrowest table, in pixels, that still shows it. */
  readonly fromWidth?: number;
  /** The heading is for screen readers only: columns of buttons. */
  readonly quiet?: boolean;
}

/** By what a table is sorted. */
export interface TableSort {
  readonly column: string;
  readonly descending: boolean;
}

/** The columns that fit into `width` pixels. */
export function columnsThatFit(
  columns: readonly TableColumn[],
  width: number,
): readonly TableColumn[] {
  return columns.filter(({ fromWidth }) => fromWidth === undefined || width >= fromWidth);
}

/** What pressing a column's heading sorts by: first upwards, then downwards. */
export function nextSort(current: TableSort | null, column: string): TableSort {
  return { column, descending: current?.column === column && !current.descending };
}

/** `selected` with the rows between `from` and `to` (both included) set to `on`. */
export function withRange(
  keys: readonly string[],
  selected: ReadonlySet<string>,
  from: number,
  to: number,
  on: boolean,
): ReadonlySet<string> {
  const changed = new Set(selected);
  for (const key of keys.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (on) changed.add(key);
    else changed.delete(key);
  }
  return changed;
}
