import { LiveBuffer } from './live-buffer';
import type { LiveFollower } from './live-buffer';
import type { LiveMessage } from './live-message';

/** What somebody who follows a topic holds. */
export interface Following {
  /**
   * Fetch after this: whatever changes from then on comes as a message. Resolves at once while there is
   * no connection, and `onResync` is called when there is one again.
   */
  readonly ready: Promise<void>;
  readonly stop: () => void;
}

interface Subscriber {
  readonly buffer: LiveBuffer;
  readonly becomeReady: () => void;
  /** It may have fetched before the topic was followed. */
  mayHaveMissed: boolean;
}

/** One topic: who follows it here, and whether the manager has confirmed that it will tell. */
export class LiveTopic {
  private readonly subscribers = new Set<Subscriber>();
  private confirmed = false;

  get isEmpty(): boolean {
    return this.subscribers.size === 0;
  }

  /** Adds a follower. `connected`: the confirmation is on its way, so it is worth waiting for. */
  add(follower: LiveFollower, connected: boolean): { ready: Promise<void>; remove: () => void } {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const waits = connected && !this.confirmed;
    const subscriber: Subscriber = {
      buffer: new LiveBuffer(follower),
      becomeReady: () => {
        resolve(undefined);
      },
      mayHaveMissed: !connected,
    };
    if (!waits) subscriber.becomeReady();
    this.subscribers.add(subscriber);
    return {
      ready: promise,
      remove: () => {
        subscriber.becomeReady();
        this.subscribers.delete(subscriber);
      },
    };
  }

  /** The manager follows the topic for us from now on. */
  confirm(): void {
    this.confirmed = true;
    for (const subscriber of this.subscribers) {
      subscriber.becomeReady();
      if (subscriber.mayHaveMissed) subscriber.buffer.resync();
      subscriber.mayHaveMissed = false;
    }
  }

  /** The connection is gone. */
  lose(): void {
    this.confirmed = false;
    for (const subscriber of this.subscribers) {
      subscriber.mayHaveMissed = true;
      subscriber.becomeReady();
    }
  }

  push(message: LiveMessage): void {
    for (const { buffer } of this.subscribers) buffer.push(message);
  }

  flush(): void {
    for (const { buffer } of this.subscribers) buffer.flush();
  }
}
