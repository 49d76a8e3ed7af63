import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { LIVE_SOCKET, LiveConnection } from './live-connection';
import type { LiveMessage } from './live-message';

/** Stands in for a browser's socket: the spec plays the manager. */
class FakeSocket extends EventTarget {
  readyState: number = WebSocket.CONNECTING;
  readonly sent: unknown[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1005): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new CloseEvent('close', { code }));
  }

  say(frame: unknown): void {
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
  }
}

const fact = (n: number): LiveMessage => ({
  topic: 'servers',
  type: 'server_changed',
  data: { n },
});

describe('LiveConnection', () => {
  let sockets: FakeSocket[];
  let live: LiveConnection;
  const latest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  };
  const follower = (): {
    onMessages: jest.Mock<(messages: readonly LiveMessage[]) => void>;
    onResync: jest.Mock<() => void>;
  } => ({
    onMessages: jest.fn<(messages: readonly LiveMessage[]) => void>(),
    onResync: jest.fn<() => void>(),
  });

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    sockets = [];
    const open = (): FakeSocket => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    };
    TestBed.configureTestingModule({ providers: [{ provide: LIVE_SOCKET, useValue: open }] });
    live = TestBed.inject(LiveConnection);
  });

  afterEach(() => {
    live.stop();
    jest.useRealTimers();
  });

  it('is live only once the manager knows who it is', () => {
    live.start();
    expect(live.state()).toBe('connecting');

    latest().say({ type: 'READY' });

    expect(live.state()).toBe('live');
  });

  it('subscribes a topic once for all its followers, and ends it with the last', () => {
    live.start();
    latest().say({ type: 'READY' });

    const first = live.follow('servers', follower());
    const second = live.follow('servers', follower());
    first.stop();
    expect(latest().sent).toEqual([{ type: 'SUBSCRIBE', topics: ['servers'] }]);
    second.stop();

    expect(latest().sent.at(-1)).toEqual({ type: 'UNSUBSCRIBE', topics: ['servers'] });
  });

  it('is ready to fetch after the confirmation, and needs no second fetch then', async () => {
    live.start();
    latest().say({ type: 'READY' });
    const { onMessages, onResync } = follower();
    const order: string[] = [];
    const { ready } = live.follow('servers', { onMessages, onResync });
    const waiting = ready.then(() => order.push('ready'));

    order.push('before');
    latest().say({ type: 'SUBSCRIBED', topics: ['servers'] });
    await waiting;

    expect(order).toEqual(['before', 'ready']);
    expect(onResync).not.toHaveBeenCalled();
  });

  it('hands messages over together, once per frame', () => {
    live.start();
    latest().say({ type: 'READY' });
    const { onMessages, onResync } = follower();
    live.follow('servers', { onMessages, onResync });

    latest().say({ ...fact(1), seq: 1 });
    latest().say({ ...fact(2), seq: 2 });
    latest().say({ topic: 'other', type: 'x_y', data: {} });
    expect(onMessages).not.toHaveBeenCalled();
    jest.advanceTimersByTime(20);

    expect(onMessages.mock.calls).toEqual([[[fact(1), fact(2)]]]);
  });

  it('comes back after a cut, subscribes again and asks to fetch again', () => {
    live.start();
    latest().say({ type: 'READY' });
    const { onMessages, onResync } = follower();
    live.follow('servers', { onMessages, onResync });
    latest().say({ type: 'SUBSCRIBED', topics: ['servers'] });

    latest().close(1006);
    expect(live.state()).toBe('reconnecting');
    jest.advanceTimersByTime(500);
    latest().say({ type: 'READY' });
    expect(onResync).not.toHaveBeenCalled();
    latest().say({ type: 'SUBSCRIBED', topics: ['servers'] });

    expect(sockets).toHaveLength(2);
    expect(latest().sent).toEqual([{ type: 'SUBSCRIBE', topics: ['servers'] }]);
    expect(onResync).toHaveBeenCalledTimes(1);
    expect(live.state()).toBe('live');
  });

  it('lets a page load without a connection, and asks to fetch again when there is one', async () => {
    live.start();
    const { onMessages, onResync } = follower();

    await live.follow('servers', { onMessages, onResync }).ready;
    latest().say({ type: 'READY' });
    latest().say({ type: 'SUBSCRIBED', topics: ['servers'] });

    expect(onResync).toHaveBeenCalledTimes(1);
  });

  it('does not keep a page waiting when the connection goes before the confirmation', async () => {
    live.start();
    latest().say({ type: 'READY' });
    const { ready } = live.follow('servers', follower());

    latest().close(1006);

    await expect(ready).resolves.toBeUndefined();
  });

  it('is not ready by the confirmation of an earlier following that was ended since', async () => {
    live.start();
    latest().say({ type: 'READY' });
    live.follow('servers', follower()).stop();
    const became = jest.fn<() => void>();
    const { ready } = live.follow('servers', follower());
    void ready.then(became);

    latest().say({ type: 'SUBSCRIBED', topics: ['servers'] });
    latest().say({ type: 'UNSUBSCRIBED', topics: ['servers'] });
    await Promise.resolve();
    expect(became).not.toHaveBeenCalled();

    latest().say({ type: 'SUBSCRIBED', topics: ['servers'] });
    await ready;
    expect(became).toHaveBeenCalledTimes(1);
  });

  it('hands messages over also when the tab is hidden before the frame that was asked for', () => {
    live.start();
    latest().say({ type: 'READY' });
    const { onMessages, onResync } = follower();
    live.follow('servers', { onMessages, onResync });
    const frames = jest.spyOn(window, 'requestAnimationFrame').mockReturnValue(1);
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(false);
    try {
      latest().say({ ...fact(1), seq: 1 });
      hidden.mockReturnValue(true);
      document.dispatchEvent(new Event('visibilitychange'));
      jest.advanceTimersByTime(1000);

      expect(onMessages.mock.calls).toEqual([[[fact(1)]]]);
    } finally {
      frames.mockRestore();
      hidden.mockRestore();
    }
  });

  it('counts when the manager says that nobody is signed in', () => {
    live.start();
    latest().close(4401);

    expect(live.refused()).toBe(1);
  });

  it('splits many topics as the manager takes them', () => {
    for (let n = 0; n < 150; n += 1) live.follow(`commands:${String(n)}`, follower());
    live.start();
    latest().say({ type: 'READY' });

    const sizes = latest().sent.map((frame) => (frame as { topics: string[] }).topics.length);
    expect(sizes).toEqual([100, 50]);
  });

  it('stays closed once stopped', () => {
    live.start();
    latest().say({ type: 'READY' });

    live.stop();
    jest.advanceTimersByTime(60_000);

    expect(live.state()).toBe('idle');
    expect(sockets).toHaveLength(1);
  });

  it('knows itself cut off when the manager is silent for longer than it ever is, and comes back', () => {
    live.start();
    const silent = latest();
    silent.say({ type: 'READY' });
    jest.advanceTimersByTime(70_000);
    silent.say({ type: 'ALIVE' });
    const heardAt = Date.now();
    jest.advanceTimersByTime(70_000);
    expect(live.state()).toBe('live');

    jest.advanceTimersByTime(10_000);
    expect(live.state()).toBe('reconnecting');
    expect(live.stateSince()).toBe(heardAt);
    silent.say({ type: 'READY' });
    expect(live.state()).toBe('reconnecting');

    jest.advanceTimersByTime(10_000);
    latest().say({ type: 'READY' });
    expect(latest()).not.toBe(silent);
    expect(live.state()).toBe('live');
  });

  it('tries again when nobody answers the attempt to connect', () => {
    live.start();
    jest.advanceTimersByTime(90_000);

    expect(sockets.length).toBeGreaterThan(1);
  });

  it('survives frames it does not know', () => {
    live.start();
    const socket = latest();
    socket.dispatchEvent(new MessageEvent('message', { data: '{' }));
    for (const frame of [null, 3, [], { type: 'LATER' }, { type: 'SUBSCRIBED', topics: 4 }]) {
      socket.say(frame);
    }
    socket.say({ type: 'READY' });

    expect(live.state()).toBe('live');
  });
});
