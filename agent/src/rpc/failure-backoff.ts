/** Failed requests of one address. */
interface Failures {
  count: number;
  /** Monotonic milliseconds until which the address is refused unseen. */
  refusedUntil: number;
  last: number;
}

const FREE_FAILURES = 20;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const FORGOTTEN_AFTER_MS = 120_000;
const MOST_ADDRESSES = 1024;

/**
 * Slows down whoever keeps failing: after 20 failures in a row, every further one refuses the address
 * for 1, 2, 4 ... 30 seconds without looking at its requests. One success, or two quiet minutes, clear
 * an address. Bounded: with more than 1,024 addresses the longest quiet one is dropped.
 */
export class FailureBackoff {
  readonly #addresses = new Map<string, Failures>();
  readonly #now: () => number;

  /** @param now monotonic clock, milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether requests of this address are refused right now. */
  isRefused(address: string): boolean {
    const failures = this.#addresses.get(address);
    return failures !== undefined && this.#now() < failures.refusedUntil;
  }

  /** Records a failed request. */
  failed(address: string): void {
    const now = this.#now();
    const before = this.#addresses.get(address);
    const fresh = before === undefined || now - before.last > FORGOTTEN_AFTER_MS;
    const count = fresh ? 1 : before.count + 1;
    const excess = count - FREE_FAILURES;
    const wait =
      excess <= 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** Math.min(excess - 1, 10), LONGEST_WAIT_MS);
    // Deleted first, so that the map stays ordered by the last failure.
    this.#addresses.delete(address);
    this.#addresses.set(address, { count, refusedUntil: now + wait, last: now });
    if (this.#addresses.size > MOST_ADDRESSES) {
      const [oldest] = this.#addresses.keys();
      if (oldest !== undefined) this.#addresses.delete(oldest);
    }
  }

  /** Records a good request. */
  succeeded(address: string): void {
    this.#addresses.delete(address);
  }
}
