import { describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { LiveConnection } from './live-connection.js';
import { LiveTopics } from './live-topics.js';

/** A socket whose other side only a spec plays. */
class OwnSide extends EventEmitter {
  readonly said: unknown[] = [];
  readonly ping = jest.fn();
  readonly terminate = jest.fn();

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
}

function connect(): { socket: OwnSide; connection: LiveConnection } {
  const socket = new OwnSide();
  const connection = new LiveConnection({
    socket: socket as unknown as WebSocket,
    topics: new LiveTopics(),
    session: { permits: () => true, renew: () => Promise.resolve(null) },
    authenticate: () => Promise.resolve(null),
  });
  return { socket, connection };
}

describe('LiveConnection', () => {
  it('says that it is there whenever it asks whether the client is', () => {
    const { socket, connection } = connect();

    connection.ping();
    socket.emit('pong');
    connection.ping();

    expect(socket.ping).toHaveBeenCalledTimes(2);
    expect(socket.said).toEqual([{ type: 'READY' }, { type: 'ALIVE' }, { type: 'ALIVE' }]);
  });

  it('ends the connection of a client that did not answer the last time', () => {
    const { socket, connection } = connect();

    connection.ping();
    connection.ping();

    expect(socket.terminate).toHaveBeenCalledTimes(1);
    expect(socket.said).toEqual([{ type: 'READY' }, { type: 'ALIVE' }]);
  });
});
