import { describe, expect, it } from '@jest/globals';
import { gridStep } from './grid-step';

/** Three columns, the last row with two. */
const places = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({
  left: (index % 3) * 24,
  top: Math.floor(index / 3) * 24,
}));

describe('gridStep', () => {
  it.each([
    ['ArrowRight', 2, 3],
    ['ArrowLeft', 3, 2],
    ['ArrowLeft', 0, null],
    ['ArrowRight', 7, null],
    ['ArrowDown', 1, 4],
    ['ArrowUp', 4, 1],
    ['ArrowUp', 1, null],
    ['ArrowDown', 5, 7],
    ['ArrowDown', 7, null],
    ['Home', 5, 0],
    ['End', 0, 7],
    ['a', 0, null],
    ['ArrowRight', -1, null],
  ])('%s from %i leads to %s', (key, from, to) => {
    expect(gridStep(key, from, places)).toBe(to);
  });
});
