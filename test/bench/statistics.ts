/** Summary of repeated measurements. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Summarises samples by nearest rank.
 *
 * @throws Error when there is none.
 */
export function summarise(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new Error('nothing was measured');
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), min: rank(0), max: rank(1) };
}

/** Milliseconds `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs `work` `warmUp + count` times, one after the other, and summarises the last `count`. */
export async function measure(
  count: number,
  warmUp: number,
  work: (round: number) => Promise<unknown>,
): Promise<Summary> {
  const samples: number[] = [];
  for (let round = 0; round < warmUp + count; round += 1) {
    const elapsed = await timed(() => work(round));
    if (round >= warmUp) samples.push(elapsed);
  }
  return summarise(samples);
}
