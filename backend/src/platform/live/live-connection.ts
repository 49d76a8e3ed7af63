import type { WebSocket } from 'ws';
import type { LiveSession } from './live-authenticator.js';
import type { LiveMessage } from './live-bus.js';
import { ClientMessage, CLOSE } from './live-messages.js';
import type { CloseReason, ControlMessage } from './live-messages.js';
import type { LiveTopics } from './live-topics.js';

/** Facts are sent at once when there was silence, and then together this often, milliseconds. */
const BATCH_MS = 50;

/** A client with so much unread is dropped, bytes. */
const BUFFER_BYTES = 1024 * 1024;

/** Messages of a client that may wait while one is worked on. */
const MAX_WAITING = 50;

/** Topics of one connection. */
const MAX_TOPICS = 500;

/** What a connection needs from outside. */
export interface LiveConnectionOptions {
  readonly socket: WebSocket;
  readonly topics: LiveTopics;
  /** Who it is by its cookie or header, or null when a token is still to come. */
  readonly session: LiveSession | null;
  readonly authenticate: (token: string) => Promise<LiveSession | null>;
}

/**
 * One client's connection: who it is, what it follows, and what is still to be sent. Facts are delivered
 * at most once; after a break a client fetches what it shows and subscribes again.
 */
export class LiveConnection {
  private session: LiveSession | null;
  private readonly followed = new Set<string>();
  private pending: string[] = [];
  private pendingBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private seq = 0;
  private isAlive = true;
  private handling: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: LiveConnectionOptions) {
    this.session = options.session;
    const { socket } = options;
    socket.on('pong', () => {
      this.isAlive = true;
    });
    socket.on('message', (data, isBinary) => {
      this.enqueue(isBinary ? '' : (data as Buffer).toString('utf8'));
    });
    socket.on('close', () => {
      clearTimeout(this.timer);
    });
    if (this.session) this.control({ type: 'READY' });
  }

  /** True once the client has proven who it is. */
  get isAuthenticated(): boolean {
    return this.session !== null;
  }

  /** Passes a fact on when the client follows its topic. */
  publish(message: LiveMessage): void {
    if (!this.followed.has(message.topic)) return;
    this.seq += 1;
    const { type, topic, data } = message;
    const text = JSON.stringify({ type, topic, data, seq: this.seq });
    this.pending.push(text);
    this.pendingBytes += text.length;
    if (this.pendingBytes + this.options.socket.bufferedAmount > BUFFER_BYTES) {
      this.close(CLOSE.tooSlow);
    } else if (!this.timer) {
      this.flush();
      this.timer = setTimeout(() => {
        this.afterBatch();
      }, BATCH_MS);
    }
  }

  /**
   * Asks whether the client is still there, and ends the connection when it did not answer the last time. Says
   * also that the manager is: pings are answered by browsers past their pages.
   */
  ping(): void {
    if (!this.isAlive) {
      this.options.socket.terminate();
      return;
    }
    this.isAlive = false;
    this.options.socket.ping();
    this.control({ type: 'ALIVE' });
  }

  /** Looks again whether the session is valid, and stops following what it may not any more. */
  async renew(): Promise<void> {
    if (!this.session) return;
    this.session = await this.session.renew();
    if (!this.session) {
      this.close(CLOSE.unauthenticated);
      return;
    }
    for (const topic of this.followed) if (!this.mayFollow(topic)) this.followed.delete(topic);
  }

  /** Ends the connection and says why. */
  close({ code, reason }: CloseReason): void {
    this.followed.clear();
    this.pending = [];
    clearTimeout(this.timer);
    this.options.socket.close(code, reason);
    // A client that is too slow to read is too slow to say goodbye.
    if (code === CLOSE.tooSlow.code) this.options.socket.terminate();
  }

  /** One message after another: a SUBSCRIBE right behind an AUTH must wait for it. */
  private enqueue(text: string): void {
    if (this.waiting >= MAX_WAITING) {
      this.close(CLOSE.badMessage);
      return;
    }
    this.waiting += 1;
    this.handling = this.handling
      .then(() => this.receive(text))
      .catch(() => {
        // The database is away: whoever cannot be recognised may not follow anything.
        this.close(CLOSE.unauthenticated);
      })
      .finally(() => {
        this.waiting -= 1;
      });
  }

  private async receive(text: string): Promise<void> {
    const message = ClientMessage.safeParse(parseJson(text));
    if (!message.success) {
      this.close(CLOSE.badMessage);
      return;
    }
    if (message.data.type === 'AUTH') await this.authenticate(message.data.token);
    else if (!this.session) this.close(CLOSE.unauthenticated);
    else if (message.data.type === 'SUBSCRIBE') this.subscribe(message.data.topics);
    else this.unsubscribe(message.data.topics);
  }

  private async authenticate(token: string): Promise<void> {
    const session = await this.options.authenticate(token);
    if (!session) {
      this.close(CLOSE.unauthenticated);
      return;
    }
    this.session = session;
    this.followed.clear();
    this.control({ type: 'READY' });
  }

  private subscribe(topics: readonly string[]): void {
    const refused = topics.find((topic) => !this.mayFollow(topic));
    if (refused !== undefined) {
      this.control({
        type: 'ERROR',
        name: 'topic_refused',
        message: `There is no topic ${refused}, or you may not follow it.`,
      });
    }
    const allowed = topics.filter((topic) => this.mayFollow(topic));
    if (new Set([...this.followed, ...allowed]).size > MAX_TOPICS) {
      const message = `Follow at most ${MAX_TOPICS} topics on one connection.`;
      this.control({ type: 'ERROR', name: 'too_many_topics', message });
      return;
    }
    for (const topic of allowed) this.followed.add(topic);
    if (allowed.length > 0) this.control({ type: 'SUBSCRIBED', topics: allowed });
  }

  private unsubscribe(topics: readonly string[]): void {
    for (const topic of topics) this.followed.delete(topic);
    this.control({ type: 'UNSUBSCRIBED', topics });
  }

  private mayFollow(topic: string): boolean {
    const permission = this.options.topics.permissionFor(topic);
    return permission !== undefined && this.session?.permits(permission) === true;
  }

  private afterBatch(): void {
    this.timer = undefined;
    if (this.pending.length === 0) return;
    this.flush();
    this.timer = setTimeout(() => {
      this.afterBatch();
    }, BATCH_MS);
  }

  private flush(): void {
    for (const text of this.pending) this.options.socket.send(text);
    this.pending = [];
    this.pendingBytes = 0;
  }

  private control(message: ControlMessage): void {
    this.options.socket.send(JSON.stringify(message));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // A SyntaxError; the caller closes the connection because of the undefined.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
