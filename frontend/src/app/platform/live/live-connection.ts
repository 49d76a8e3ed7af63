import { DestroyRef, Injectable, InjectionToken, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { reconnectDelay } from './backoff';
import type { LiveFollower } from './live-buffer';
import { CLOSED_ABNORMALLY, CLOSED_UNAUTHENTICATED, parseFrame } from './live-message';
import { LiveTopic } from './live-topic';
import type { Following } from './live-topic';

/**
 * `idle`: nobody is signed in. `connecting`: the first try. `live`: what is on screen is current.
 * `reconnecting`: it was, and will be again. `offline`: the browser has no network.
 */
export type LiveState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'offline';

/** Opens the socket; specs put their own in its place. */
export const LIVE_SOCKET = new InjectionToken<() => WebSocket>('LIVE_SOCKET', {
  factory: () => {
    const { protocol, host } = inject(DOCUMENT).location;
    const scheme = protocol === 'https:' ? 'wss' : 'ws';
    return () => new WebSocket(`${scheme}://${host}/api/v1/live`);
  },
});

/** How often messages are handed over while the tab is hidden and has no frames, in milliseconds. */
const HIDDEN_FLUSH_MS = 1000;

/**
 * The manager says something every 30 seconds. After so much silence the connection is dead, though the
 * browser does not know: a cable was pulled, or the machine slept. Milliseconds.
 */
const SILENCE_MS = 75_000;

/** How often it is looked whether there was silence, in milliseconds. */
const LOOK_MS = 5_000;

/** Topics the manager takes in one message. */
const TOPICS_AT_ONCE = 100;

/**
 * The one live connection of this tab. Topics are subscribed while somebody follows them; after a cut
 * it comes back by itself, subscribes again and asks every follower to fetch again, because messages
 * were missed meanwhile.
 */
@Injectable({ providedIn: 'root' })
export class LiveConnection {
  private readonly document = inject(DOCUMENT);
  private readonly openSocket = inject(LIVE_SOCKET);
  private readonly topics = new Map<string, LiveTopic>();
  /** Topics that the manager was told to end and has not ended yet, and how often. */
  private readonly ending = new Map<string, number>();
  private readonly connectionState = signal<LiveState>('idle');
  private readonly since = signal(Date.now());
  private readonly refusals = signal(0);
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private lookTimer: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private flushScheduled = false;

  readonly state = this.connectionState.asReadonly();
  /** When the state last changed, in milliseconds since the epoch: data is as old as that at least. */
  readonly stateSince = this.since.asReadonly();
  /** How often the manager has closed the connection because nobody is signed in. */
  readonly refused = this.refusals.asReadonly();

  constructor() {
    const listeners = new AbortController();
    const window = this.document.defaultView;
    const listen = (target: EventTarget | null, type: string, run: () => void): void => {
      target?.addEventListener(type, run, { signal: listeners.signal });
    };
    listen(window, 'online', this.wake.bind(this));
    listen(window, 'offline', this.abandon.bind(this));
    listen(this.document, 'visibilitychange', this.shown.bind(this));
    inject(DestroyRef).onDestroy(() => {
      listeners.abort();
      this.stop();
    });
  }

  /** Connects and stays connected. Called when somebody has signed in. */
  start(): void {
    if (this.state() !== 'idle') return;
    this.attempt = 0;
    this.setState('connecting');
    this.lookTimer = setInterval(this.look.bind(this), LOOK_MS);
    this.connect();
  }

  /** Disconnects. Followers stay, and are served again after the next start. */
  stop(): void {
    clearTimeout(this.retryTimer);
    clearInterval(this.lookTimer);
    const { socket } = this;
    this.socket = null;
    socket?.close();
    for (const topic of this.topics.values()) topic.lose();
    this.setState('idle');
  }

  /** Follows a topic until it is stopped. Fetch what is shown after `ready`. */
  follow(name: string, follower: LiveFollower): Following {
    const topic = this.topics.get(name) ?? new LiveTopic();
    const isNew = topic.isEmpty;
    const { ready, remove } = topic.add(follower, this.state() === 'live');
    this.topics.set(name, topic);
    if (isNew) this.send('SUBSCRIBE', [name]);
    const stop = (): void => {
      remove();
      if (!topic.isEmpty || this.topics.get(name) !== topic) return;
      this.topics.delete(name);
      if (this.send('UNSUBSCRIBE', [name])) this.count(name, 1);
    };
    return { ready, stop };
  }

  /** Counts the ends of a topic that are on their way. */
  private count(name: string, change: 1 | -1): void {
    const ends = (this.ending.get(name) ?? 0) + change;
    if (ends > 0) this.ending.set(name, ends);
    else this.ending.delete(name);
  }

  private connect(): void {
    const socket = this.openSocket();
    this.socket = socket;
    this.heardAt = Date.now();
    this.ending.clear();
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (socket !== this.socket) return;
      this.heardAt = Date.now();
      if (typeof data === 'string') this.received(data);
    });
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.socket) this.closed(code);
    });
  }

  private look(): void {
    if (this.socket === null || Date.now() - this.heardAt <= SILENCE_MS) return;
    const wasLive = this.state() === 'live';
    this.abandon();
    // What is on screen is as old as the silence.
    if (wasLive) this.since.set(this.heardAt);
  }

  /** Ends the connection without waiting for the manager's goodbye, which may never come. */
  private abandon(): void {
    const { socket } = this;
    if (socket === null) return;
    this.closed(CLOSED_ABNORMALLY);
    socket.close();
  }

  private received(text: string): void {
    const frame = parseFrame(text);
    if (frame?.kind === 'ready') {
      this.attempt = 0;
      this.setState('live');
      this.send('SUBSCRIBE', [...this.topics.keys()]);
    } else if (frame?.kind === 'subscribed') {
      // One that comes before an end is that of an earlier following: there will be another.
      for (const name of frame.topics) if (!this.ending.has(name)) this.topics.get(name)?.confirm();
    } else if (frame?.kind === 'unsubscribed') {
      for (const name of frame.topics) this.count(name, -1);
    } else if (frame?.kind === 'fact') {
      this.topics.get(frame.message.topic)?.push(frame.message);
      this.scheduleFlush();
    }
  }

  private closed(code: number): void {
    this.socket = null;
    for (const topic of this.topics.values()) topic.lose();
    if (code === CLOSED_UNAUTHENTICATED) this.refusals.update((count) => count + 1);
    if (this.document.defaultView?.navigator.onLine === false) {
      this.setState('offline');
      return;
    }
    if (this.state() !== 'connecting' || this.attempt > 0) this.setState('reconnecting');
    this.retryTimer = setTimeout(
      this.connect.bind(this),
      reconnectDelay(this.attempt, Math.random()),
    );
    this.attempt += 1;
  }

  /** The network or the user is back: tries at once rather than at the end of the wait. */
  private wake(): void {
    if (this.state() === 'idle' || this.socket !== null) return;
    clearTimeout(this.retryTimer);
    this.attempt = 0;
    this.setState('reconnecting');
    this.connect();
  }

  private shown(): void {
    if (this.document.hidden) {
      // The frame that was asked for does not come any more.
      if (this.flushScheduled) setTimeout(this.flush.bind(this), HIDDEN_FLUSH_MS);
      return;
    }
    this.wake();
    this.flush();
  }

  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    const flush = this.flush.bind(this);
    if (this.document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS);
    else requestAnimationFrame(flush);
  }

  private flush(): void {
    this.flushScheduled = false;
    for (const topic of this.topics.values()) topic.flush();
  }

  /** Answers whether there is somebody to tell. */
  private send(type: 'SUBSCRIBE' | 'UNSUBSCRIBE', topics: readonly string[]): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    for (let at = 0; at < topics.length; at += TOPICS_AT_ONCE) {
      this.socket.send(JSON.stringify({ type, topics: topics.slice(at, at + TOPICS_AT_ONCE) }));
    }
    return true;
  }

  private setState(state: LiveState): void {
    if (this.connectionState() === state) return;
    this.connectionState.set(state);
    this.since.set(Date.now());
  }
}
