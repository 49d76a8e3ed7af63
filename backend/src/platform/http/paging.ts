import { z } from 'zod';
import { AppError } from '../errors/index.js';
import { INVALID_REQUEST } from './http.errors.js';

/** Query fields of a list: spread them into the endpoint's query schema. */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional(),
};

/** Schema of one page of a list. `next_cursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next_cursor: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** Encodes the sort key of a page's last row. Opaque to callers. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

const CursorKey = z.array(z.string().max(256)).max(4);

/**
 * Decodes a cursor into a sort key of `length` parts.
 *
 * @throws AppError invalid_request when it is not one of ours.
 */
export function decodeCursor(cursor: string, length: number): readonly string[] {
  try {
    const key = CursorKey.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (key.length === length) return key;
  } catch (error) {
    // A SyntaxError or ZodError: the cursor was made up or cut, which the throw below says.
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
  }
  throw new AppError(INVALID_REQUEST, 'The cursor is not valid: start again without one.');
}

/**
 * Makes a page out of `limit + 1` rows: the extra row only tells that there is more.
 */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly string[],
  map: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(map), next_cursor: hasMore ? encodeCursor(keyOf(last)) : null };
}
