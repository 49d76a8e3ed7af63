import { describe, expect, it } from '@jest/globals';
import { lonePoints } from './lone-points';

describe('lonePoints', () => {
  it('are the values that no line leads to', () => {
    expect(lonePoints([7])).toEqual([0]);
    expect(lonePoints([null, 0])).toEqual([1]);
    expect(lonePoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  });

  it('are none where every value has one beside it, and where there is no value', () => {
    expect(lonePoints([1, 2, null])).toBeNull();
    expect(lonePoints([null, null])).toBeNull();
    expect(lonePoints([])).toBeNull();
  });
});
