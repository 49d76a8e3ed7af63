import { describe, expect, it } from '@jest/globals';
import { columnsThatFit, nextSort, withRange } from './table-columns';

describe('columnsThatFit', () => {
  it('leaves out what needs a wider table', () => {
    const columns = [
      { id: 'name', label: 'Name', width: '1fr' },
      { id: 'disk', label: 'Disk', width: '120px', fromWidth: 800 },
    ];

    expect(columnsThatFit(columns, 799).map(({ id }) => id)).toEqual(['name']);
    expect(columnsThatFit(columns, 800).map(({ id }) => id)).toEqual(['name', 'disk']);
  });
});

describe('nextSort', () => {
  it('sorts upwards first, then downwards, then upwards again', () => {
    const first = nextSort(null, 'name');
    const second = nextSort(first, 'name');

    expect(first).toEqual({ column: 'name', descending: false });
    expect(second).toEqual({ column: 'name', descending: true });
    expect(nextSort(second, 'name')).toEqual(first);
    expect(nextSort(second, 'cpu')).toEqual({ column: 'cpu', descending: false });
  });
});

describe('withRange', () => {
  it('adds and takes away a range in either direction, and keeps the rest', () => {
    const keys = ['a', 'b', 'c', 'd'];

    const added = withRange(keys, new Set(['d']), 2, 0, true);
    const removed = withRange(keys, added, 0, 1, false);

    expect([...added].sort()).toEqual(keys);
    expect([...removed].sort()).toEqual(['c', 'd']);
  });
});
