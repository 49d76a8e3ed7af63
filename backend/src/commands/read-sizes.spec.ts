import { describe, expect, it } from '@jest/globals';
import { ReadSizes } from './read-sizes.js';
import type { ReadSize } from './read-sizes.js';

const size = (given: ReadSize): Promise<ReadSize> => Promise.resolve(given);

describe('ReadSizes', () => {
  it('asks for little and waits while there is little', async () => {
    const sizes = new ReadSizes();

    const first = await sizes.ask('none', size);
    const next = await sizes.ask('partial', size);

    expect(next.waitMs).toBeGreaterThan(first.waitMs);
    expect(next.maxBytes).toBe(first.maxBytes);
  });

  it('asks for much without waiting while there is plenty', async () => {
    const sizes = new ReadSizes();

    const large = await sizes.ask('full', size);

    expect(large.waitMs).toBe(0);
    expect(large.maxBytes).toBeGreaterThan((await sizes.ask('none', size)).maxBytes);
  });

  it('bounds how many ask for much at the same time, also when they fail', async () => {
    const sizes = new ReadSizes();
    const held: ((value: ReadSize | PromiseLike<ReadSize>) => void)[] = [];
    const open = Array.from({ length: 100 }, () =>
      sizes.ask('full', (given) => {
        const { promise, resolve } = Promise.withResolvers<ReadSize>();
        held.push(() => {
          resolve(given);
        });
        return promise;
      }),
    );
    for (const release of held) release({ maxBytes: 0, waitMs: 0 });
    const given = await Promise.all(open);
    const largest = Math.max(...given.map(({ maxBytes }) => maxBytes));

    expect(given.filter(({ maxBytes }) => maxBytes === largest).length).toBeLessThan(20);
    await expect(sizes.ask('full', () => Promise.reject(new Error('broken')))).rejects.toThrow();
    expect((await sizes.ask('full', size)).maxBytes).toBe(largest);
  });
});
