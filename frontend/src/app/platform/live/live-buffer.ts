import type { LiveMessage } from './live-message';

/** What a follower of a topic gives. */
export interface LiveFollower {
  /** Messages in order, at most once per frame. */
  readonly onMessages: (messages: readonly LiveMessage[]) => void;
  /** Messages may have been missed (a cut, or too many at once): fetch everything again. */
  readonly onResync: () => void;
  /**
   * Messages with the same key replace each other while they wait, so that only the latest is handed
   * over. Without it, or where it answers null, every message is kept.
   */
  readonly keyOf?: (message: LiveMessage) => string | null;
}

/** Most messages that wait for one follower. Beyond it, fetching again is cheaper than catching up. */
export const BUFFER_LIMIT = 2000;

/**
 * Holds the messages of one follower until the next frame. Bounded, because frames stop in hidden tabs
 * while messages do not.
 */
export class LiveBuffer {
  private waiting = new Map<string, LiveMessage>();
  private sequence = 0;
  private overflowed = false;

  constructor(private readonly follower: LiveFollower) {}

  push(message: LiveMessage): void {
    if (this.overflowed) return;
    const key = this.follower.keyOf?.(message) ?? null;
    this.sequence += 1;
    if (key === null) {
      this.waiting.set(`#${String(this.sequence)}`, message);
    } else {
      // Deleting first moves the key to the end: the order is that of the latest messages.
      this.waiting.delete(`=${key}`);
      this.waiting.set(`=${key}`, message);
    }
    if (this.waiting.size > BUFFER_LIMIT) {
      this.waiting.clear();
      this.overflowed = true;
    }
  }

  /** Hands over what waits. After an overflow, asks to fetch again instead. */
  flush(): void {
    if (this.overflowed) {
      this.overflowed = false;
      this.follower.onResync();
      return;
    }
    if (this.waiting.size === 0) return;
    const messages = [...this.waiting.values()];
    this.waiting = new Map();
    this.follower.onMessages(messages);
  }

  /** Forgets what waits and asks to fetch again. */
  resync(): void {
    this.waiting.clear();
    this.overflowed = false;
    this.follower.onResync();
  }
}
