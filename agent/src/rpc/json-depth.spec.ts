import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isNestedAtMost } from './json-depth.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('isNestedAtMost', () => {
  it('agrees with the real depth of any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.integer({ min: 0, max: 9 }), (value, limit) => {
        const json = Buffer.from(JSON.stringify(value));

        expect(isNestedAtMost(json, limit)).toBe(depthOf(value) <= limit);
      }),
    );
  });

  it.each([
    ['brackets in strings', '{"a":"[[[[[["}', true],
    ['an escaped quote before brackets', '["\\"[[[["]', true],
    ['an escaped backslash before the end of a string', '["\\\\",[["x"]]]', false],
    ['a hundred thousand arrays', '['.repeat(100_000), false],
  ])('is not misled by %s', (_name, json, expected) => {
    expect(isNestedAtMost(Buffer.from(json), 2)).toBe(expected);
  });
});
