import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOfPlan, nextGap, planRead, RELEASE_STEP } from './output-bound.ts';
import type { Gap } from './output-bound.ts';

const MiB = 1024 * 1024;
const bound = { head: MiB, tail: 2 * MiB };

describe('nextGap', () => {
  it('releases nothing while the stream is within its bound', () => {
    expect(nextGap(3 * MiB + RELEASE_STEP - 1, bound, undefined)).toBeUndefined();
  });

  it('releases whole steps from the end of the head', () => {
    expect(nextGap(3 * MiB + RELEASE_STEP, bound, undefined)).toEqual({
      from: MiB,
      to: MiB + RELEASE_STEP,
    });
  });

  it('only ever grows, keeps head and tail, and never keeps more than a step too much', () => {
    const growth = fc.array(fc.integer({ min: 0, max: 20 * MiB }), { maxLength: 20 });
    fc.assert(
      fc.property(growth, (steps) => {
        let size = 0;
        let gap: Gap | undefined;
        for (const step of steps) {
          size += step;
          const next = nextGap(size, bound, gap);
          expect(next?.to ?? 0).toBeGreaterThanOrEqual(gap?.to ?? 0);
          gap = next;
          const released = gap === undefined ? 0 : gap.to - gap.from;
          expect(gap?.from ?? bound.head).toBe(bound.head);
          expect(gap === undefined || gap.to <= size - bound.tail).toBe(true);
          expect(size - released).toBeLessThan(
            Math.max(bound.head + bound.tail + RELEASE_STEP, 1) + 1,
          );
        }
      }),
    );
  });
});

describe('planRead', () => {
  it('is contiguous from the offset, never reads in the gap, and reaches the end by repetition', () => {
    const scene = fc.record({
      size: fc.integer({ min: 0, max: 1000 }),
      from: fc.integer({ min: 0, max: 500 }),
      length: fc.integer({ min: 0, max: 400 }),
      start: fc.integer({ min: 0, max: 1000 }),
      maxBytes: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(scene, ({ size, from, length, start, maxBytes }) => {
        const to = Math.min(from + length, size);
        const gap = to > from ? { from, to } : undefined;
        let offset = start;
        for (let round = 0; offset < size; round += 1) {
          const parts = planRead(offset, size, maxBytes, gap);
          let position = offset;
          let bytes = 0;
          for (const part of parts) {
            expect(part.kind === 'gap' ? part.from : part.offset).toBe(position);
            if (part.kind === 'gap') {
              expect(gap).toBeDefined();
              expect(part.from >= from && part.to <= to).toBe(true);
              position = part.to;
            } else {
              expect(
                gap === undefined || part.offset + part.length <= from || part.offset >= to,
              ).toBe(true);
              bytes += part.length;
              position += part.length;
            }
          }
          expect(bytes).toBeLessThanOrEqual(maxBytes);
          expect(endOfPlan(offset, parts)).toBeGreaterThan(offset);
          offset = endOfPlan(offset, parts);
          expect(round).toBeLessThan(1100);
        }
        expect(planRead(offset, size, maxBytes, gap)).toEqual([]);
      }),
    );
  });
});
