import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, pageFrom } from './paging.js';

describe('cursor', () => {
  it('round-trips a key', () => {
    expect(decodeCursor(encodeCursor(['2026-11-20', 'id-é']), 2)).toEqual(['2026-11-20', 'id-é']);
  });

  it.each([
    ['not base64 json', 'abc'],
    ['another length', encodeCursor(['a'])],
    ['not strings', Buffer.from('[1,2]').toString('base64url')],
    ['an object', Buffer.from('{"a":1}').toString('base64url')],
  ])('refuses %s', (_name, cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow('The cursor is not valid');
  });
});

describe('pageFrom', () => {
  const keyOf = (row: number): readonly string[] => [String(row)];

  it('names the next page when there is an extra row', () => {
    const page = pageFrom([1, 2, 3], 2, keyOf, String);

    expect(page.items).toEqual(['1', '2']);
    expect(decodeCursor(page.next_cursor ?? '', 1)).toEqual(['2']);
  });

  it('ends without a cursor on the last page', () => {
    expect(pageFrom([1, 2], 2, keyOf, String)).toEqual({ items: ['1', '2'], next_cursor: null });
    expect(pageFrom([], 2, keyOf, String)).toEqual({ items: [], next_cursor: null });
  });
});
