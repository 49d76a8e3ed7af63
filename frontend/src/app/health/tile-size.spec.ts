import { expect, it } from '@jest/globals';
import { tileSize } from './tile-size';

it('makes squares smaller as the fleet grows, never too small to see', () => {
  const sizes = [10, 60, 61, 200, 500, 1200, 5000].map(tileSize);

  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(20);
});
