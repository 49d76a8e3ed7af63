import { describe, expect, it } from '@jest/globals';
import { newRowId, RowIds } from './row-id.js';

describe('ids of rows', () => {
  it('are UUIDs of version 7 that begin with the time', () => {
    const id = new RowIds(() => 0x0198a0001234).next();

    expect(id).toMatch(/^0198a000-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('ascend within a millisecond, also when more are made than fit into it', () => {
    const ids = new RowIds(() => 0x0198a0001234);

    const made = Array.from({ length: 20_000 }, () => ids.next());

    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('ascend when the clock is set back', () => {
    const times = [5_000, 4_000, 4_999, 5_000, 5_001];
    const ids = new RowIds(() => times.shift() ?? 0);

    const made = Array.from({ length: 5 }, () => ids.next());

    expect(made.toSorted()).toEqual(made);
  });

  it('are made one after the other by the whole process', () => {
    const made = Array.from({ length: 1000 }, newRowId);

    expect(made.toSorted()).toEqual(made);
  });
});
