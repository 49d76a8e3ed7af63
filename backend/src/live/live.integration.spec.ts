import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '../../../test/support/eventually.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { LIVE_PATH, LiveBus } from '../platform/live/index.js';

jest.setTimeout(60_000);

interface Frame {
  readonly type: string;
  readonly topic?: string;
  readonly seq?: number;
  readonly data?: unknown;
  readonly topics?: readonly string[];
  readonly name?: string;
}

/** A client that keeps everything it hears. */
class Listener {
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
    });
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close').then(([code]) => code as number);
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async hears(type: string): Promise<Frame> {
    return eventually(`a ${type} frame`, () =>
      Promise.resolve(this.frames.find((frame) => frame.type === type)),
    );
  }
}

let manager: ManagerApp;
let token: string;
let cookie: string;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  manager = await ManagerApp.start();
  token = await manager.token();
  cookie = await manager.cookie();
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

function open(headers: Record<string, string> = {}): WebSocket {
  const url = manager.url.replace('http', 'ws') + LIVE_PATH;
  const socket = new WebSocket(url, { headers });
  sockets.push(socket);
  return socket;
}

async function connect(headers: Record<string, string> = {}): Promise<Listener> {
  const socket = open(headers);
  const listener = new Listener(socket);
  await once(socket, 'open');
  return listener;
}

/** The status of a refused upgrade. */
async function refusal(headers: Record<string, string>): Promise<number | undefined> {
  const socket = open(headers);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode?: number },
  ];
  return response.statusCode;
}

function publish(topic: string, data: Record<string, unknown> = {}): void {
  manager.get(LiveBus).publish({ topic, type: 'server_changed', data });
}

describe('who may connect', () => {
  it('our own page by its cookie', async () => {
    const listener = await connect({ cookie, origin: manager.url });

    expect(await listener.hears('READY')).toEqual({ type: 'READY' });
  });

  it('a program by its token', async () => {
    const listener = await connect();
    listener.say({ type: 'AUTH', token });

    expect(await listener.hears('READY')).toEqual({ type: 'READY' });
  });

  it('not a page of another site, whatever its cookie', async () => {
    expect(await refusal({ cookie, origin: 'https://evil.example' })).toBe(403);
  });

  it('not a cookie without the origin of our page', async () => {
    const listener = await connect({ cookie });
    listener.say({ type: 'SUBSCRIBE', topics: ['servers'] });

    expect(await listener.closed).toBe(4401);
    expect(listener.frames).toEqual([]);
  });

  it('not with a wrong token', async () => {
    const listener = await connect();
    const last = token.endsWith('x') ? 'y' : 'x';
    listener.say({ type: 'AUTH', token: token.slice(0, -1) + last });

    expect(await listener.closed).toBe(4401);
  });

  it('not on another path', async () => {
    const socket = new WebSocket(`${manager.url.replace('http', 'ws')}/api/v1/other`);
    sockets.push(socket);
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode?: number },
    ];

    expect(response.statusCode).toBe(404);
  });
});

describe('what is told', () => {
  async function follower(...topics: string[]): Promise<Listener> {
    const listener = await connect();
    listener.say({ type: 'AUTH', token });
    listener.say({ type: 'SUBSCRIBE', topics });
    await listener.hears('SUBSCRIBED');
    return listener;
  }

  it('facts of followed topics, numbered, and no others', async () => {
    const listener = await follower('servers', 'operations:0198');

    publish('board', { n: 0 });
    publish('servers', { n: 1 });
    publish('operations', { n: 2 });
    publish('operations:0198', { n: 3 });
    await eventually('two facts', () =>
      Promise.resolve(listener.frames.filter((frame) => frame.seq).length >= 2 || undefined),
    );

    expect(listener.frames.filter((frame) => frame.seq)).toEqual([
      { type: 'server_changed', topic: 'servers', data: { n: 1 }, seq: 1 },
      { type: 'server_changed', topic: 'operations:0198', data: { n: 3 }, seq: 2 },
    ]);
  });

  it('nothing more after unsubscribing', async () => {
    const listener = await follower('servers');
    listener.say({ type: 'UNSUBSCRIBE', topics: ['servers'] });
    await listener.hears('UNSUBSCRIBED');
    publish('servers', { n: 1 });
    listener.say({ type: 'SUBSCRIBE', topics: ['board'] });
    publish('servers', { n: 2 });
    await eventually('the second answer', () =>
      Promise.resolve(
        listener.frames.filter(({ type }) => type === 'SUBSCRIBED').length === 2 || undefined,
      ),
    );

    expect(listener.frames.filter((frame) => frame.seq)).toEqual([]);
  });

  it.each(['agents:0198', 'secrets', 'servers:../x', 'constructor'])(
    'never the topic %s',
    async (topic) => {
      const listener = await connect();
      listener.say({ type: 'AUTH', token });
      listener.say({ type: 'SUBSCRIBE', topics: [topic] });

      expect(await listener.hears('ERROR')).toMatchObject({ name: 'topic_refused' });
      expect(listener.frames.some(({ type }) => type === 'SUBSCRIBED')).toBe(false);
    },
  );

  it('nothing to who reads too slowly: the connection ends instead of growing', async () => {
    const listener = await follower('servers');
    listener.socket.pause();
    const big = 'x'.repeat(64 * 1024);

    // More than the buffers of any system between the two hold: once the connection has ended, it costs nothing.
    const facts = 2_000;
    for (let n = 0; n < facts; n += 1) {
      publish('servers', { big });
      await new Promise((resolve) => setImmediate(resolve));
    }
    listener.socket.resume();

    expect([1006, 4408]).toContain(await listener.closed);
    expect(listener.frames.length).toBeLessThan(facts);
  });
});

describe('what a client may send', () => {
  it.each([
    ['no JSON', 'hello'],
    ['an unknown type', JSON.stringify({ type: 'DELETE' })],
    ['unknown fields', JSON.stringify({ type: 'SUBSCRIBE', topics: ['servers'], x: 1 })],
  ])('not %s', async (_name, text) => {
    const listener = await connect();
    listener.socket.send(text);

    expect(await listener.closed).toBe(4400);
  });

  it('not more than 16 KiB at once', async () => {
    const listener = await connect();
    listener.socket.send('x'.repeat(17 * 1024));

    expect(await listener.closed).toBe(1009);
  });
});
