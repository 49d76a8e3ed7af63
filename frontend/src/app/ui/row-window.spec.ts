import { describe, expect, it } from '@jest/globals';
import { rowWindow, scrollTopFor } from './row-window';

describe('rowWindow', () => {
  it('holds what is seen and a few rows around it', () => {
    expect(rowWindow(5000, 48, 48 * 100, 480)).toEqual({
      start: 94,
      end: 117,
      before: 94 * 48,
      after: (5000 - 117) * 48,
    });
  });

  it.each([0, 1, 17, 480, 239_520, 999_999])('always adds up to the whole height at %d', (top) => {
    const { start, end, before, after } = rowWindow(5000, 48, top, 480);

    expect(before + (end - start) * 48 + after).toBe(5000 * 48);
    expect(start).toBeLessThanOrEqual(end);
  });

  it('shows the last rows of a list that has become shorter than it was scrolled', () => {
    expect(rowWindow(20, 48, 48 * 4000, 480)).toMatchObject({ start: 4, end: 20, after: 0 });
  });

  it('is empty for an empty list, also when it was scrolled before', () => {
    expect(rowWindow(0, 48, 4000, 480)).toEqual({ start: 0, end: 0, before: 0, after: 0 });
  });
});

describe('scrollTopFor', () => {
  it.each([
    ['above', 3, 480, 144],
    ['below', 30, 480, 31 * 48 - 480],
    ['in view', 12, 480, null],
  ])('a row %s', (_where, index, scrollTop, expected) => {
    expect(scrollTopFor(index, 48, scrollTop, 480)).toBe(expected);
  });
});
