/** How long after `g` the second key may come, in milliseconds. */
const WINDOW_MS = 1200;

/** Recognises two keys in a row, such as `g` then `s`. */
export class JumpKeys {
  private first: { key: string; at: number } | null = null;

  /** The combinations that `key`, pressed at `at` milliseconds, completes: the pair before the key. */
  press(key: string, at: number): readonly string[] {
    const before = this.first;
    this.first = { key, at };
    return before !== null && at - before.at <= WINDOW_MS ? [`${before.key} ${key}`, key] : [key];
  }

  /** Starts anew after a combination was used. */
  reset(): void {
    this.first = null;
  }
}
