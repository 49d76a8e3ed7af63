import { z } from 'zod';
import { AppError } from '../platform/errors/index.js';
import { decodeCursor, INVALID_REQUEST } from '../platform/http/index.js';

const TimeKey = z.tuple([z.iso.datetime(), z.uuid()]);

/**
 * Decodes the cursor of a list that is sorted by creation time and id.
 *
 * @throws AppError invalid_request when it is not one of ours.
 */
export function timeCursor(
  cursor: string | undefined,
): { createdAt: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const key = TimeKey.safeParse(decodeCursor(cursor, 2));
  if (!key.success) {
    throw new AppError(INVALID_REQUEST, 'The cursor is not valid: start again without one.');
  }
  const [createdAt, id] = key.data;
  return { createdAt, id };
}
