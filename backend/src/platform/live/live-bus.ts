import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** A fact for whoever follows `topic`, such as a changed server. Small: big things are fetched by id. */
export interface LiveMessage {
  /** `<objects>` or `<objects>:<id>`, such as `servers` or `operations:0198…`. */
  readonly topic: string;
  /** Kind of fact, `<object>_<verb>`, such as `server_changed`. */
  readonly type: string;
  /** JSON of a declared schema of the publishing feature. No secrets. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Carries facts from the code that stores them to the connections that follow them. Delivery is at most
 * once and unordered across topics: the database is the truth, a message only says that it moved.
 * Publish after the commit, never before.
 */
@Injectable()
export class LiveBus {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  /** Hands `message` to every current subscriber, of other managers too. Never throws, never waits. */
  publish(message: LiveMessage): void {
    this.emitter.emit('message', message);
    this.emitter.emit('own', message);
  }

  /** Hands on a message of another manager. */
  relay(message: LiveMessage): void {
    this.emitter.emit('message', message);
  }

  /** Calls `listener` for every message until the returned function is called. */
  subscribe(listener: (message: LiveMessage) => void): () => void {
    return this.on('message', listener);
  }

  /** Calls `listener` for the messages of this manager only. */
  subscribeOwn(listener: (message: LiveMessage) => void): () => void {
    return this.on('own', listener);
  }

  /** Says that messages of other managers may have been missed. */
  missed(): void {
    this.emitter.emit('missed');
  }

  /** Calls `listener` when messages of other managers may have been missed: look at the truth again. */
  onMissed(listener: () => void): () => void {
    return this.on('missed', listener);
  }

  private on(event: string, listener: (message: LiveMessage) => void): () => void {
    this.emitter.on(event, listener);
    return () => this.emitter.off(event, listener);
  }
}
