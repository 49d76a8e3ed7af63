/**
 * Remembers nonces for as long as their requests are fresh, so that each is accepted once.
 *
 * Bounded: when it is full the oldest tenth is dropped and everything as old as what was dropped is
 * refused from then on. So a flood narrows the accepted time window; it never lets a replay through.
 */
export class NonceCache {
  readonly #timestamps = new Map<string, number>();
  readonly #capacity: number;
  readonly #freshnessMs: number;
  #floor = Number.NEGATIVE_INFINITY;

  constructor(options: { readonly capacity: number; readonly freshnessMs: number }) {
    this.#capacity = options.capacity;
    this.#freshnessMs = options.freshnessMs;
  }

  /**
   * Accepts a nonce, or refuses it because it was used before or its timestamp is no longer covered.
   *
   * @param timestamp of the request, milliseconds since 1970
   * @param now on the agent's clock, milliseconds since 1970
   */
  accept(nonce: string, timestamp: number, now: number): boolean {
    if (timestamp <= this.#floor || this.#timestamps.has(nonce)) return false;
    if (this.#timestamps.size >= this.#capacity) this.#makeRoom(now);
    if (timestamp <= this.#floor) return false;
    this.#timestamps.set(nonce, timestamp);
    return true;
  }

  #makeRoom(now: number): void {
    for (const [nonce, timestamp] of this.#timestamps) {
      // Strictly older: a request exactly at the edge of freshness is still accepted by the gate.
      if (timestamp < now - this.#freshnessMs) this.#timestamps.delete(nonce);
    }
    const excess = this.#timestamps.size - Math.floor(this.#capacity * 0.9);
    if (excess <= 0) return;
    const oldest = [...this.#timestamps.values()].sort((a, b) => a - b)[excess - 1] ?? 0;
    this.#floor = Math.max(this.#floor, oldest);
    for (const [nonce, timestamp] of this.#timestamps) {
      if (timestamp <= this.#floor) this.#timestamps.delete(nonce);
    }
  }
}
