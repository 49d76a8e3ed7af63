import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DelayProxy } from './delay-proxy.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe('DelayProxy', () => {
  it('hands every byte on in order, and ends when its sides end', async () => {
    // Echoes what it hears, and ends with its client.
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    cleanups.push(() => once(echo.close(), 'close'));
    const { port } = echo.address() as AddressInfo;
    const target = { host: '127.0.0.1', port };
    const proxy = await DelayProxy.start({ target, delayMs: 5 });
    cleanups.push(() => proxy.close());

    const client = connect({ host: '127.0.0.1', port: proxy.port });
    const heard: Buffer[] = [];
    client.on('data', (bytes: Buffer) => heard.push(bytes));
    const sent: Buffer[] = [];
    for (let piece = 0; piece < 200; piece += 1) {
      const bytes = Buffer.from(`${piece} `.repeat(piece));
      sent.push(bytes);
      client.write(bytes);
      // Pieces must travel one by one.
      if (piece % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    client.end();
    await once(client, 'close');

    expect(Buffer.concat(heard).equals(Buffer.concat(sent))).toBe(true);
  });
});
