import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMessage, messageLength } from './dbus-message.ts';
import type { DbusMessage } from './dbus-message.ts';
import { DbusWriter } from './dbus-values.ts';
import type { DbusValue, DbusVariant } from './dbus-values.ts';
import { SystemdUnitManager } from './systemd-unit-manager.ts';

/** Properties of a unit that runs. */
const RUNNING: Readonly<Record<string, DbusVariant>> = {
  LoadState: { signature: 's', value: 'loaded' },
  ActiveState: { signature: 's', value: 'active' },
  SubState: { signature: 's', value: 'running' },
  Job: { signature: '(uo)', value: [0, '/'] },
  ActiveEnterTimestampMonotonic: { signature: 't', value: 5n },
  ControlGroup: { signature: 's', value: '/system.slice/a.service' },
  Result: { signature: 's', value: 'success' },
  ExecMainCode: { signature: 'i', value: 0 },
  ExecMainStatus: { signature: 'i', value: 0 },
  ExecMainStartTimestamp: { signature: 't', value: 7_000n },
  ExecMainExitTimestamp: { signature: 't', value: 0n },
};

/** What listens where systemd does: answers what is asked of units, and hangs up on a start. */
class Peer {
  connections = 0;
  readonly members: string[] = [];
  readonly server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.server = createServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      this.#serve(socket);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(socket: Socket): void {
    const begin = Buffer.from('BEGIN\r\n');
    let received: Buffer = Buffer.alloc(0);
    let isIn = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!isIn) {
        const at = received.indexOf(begin);
        if (at < 0) return;
        isIn = true;
        received = received.subarray(at + begin.length);
        socket.write('OK 0123456789abcdef\r\n');
      }
      for (;;) {
        const length = messageLength(received);
        if (length === undefined || received.length < length) return;
        const message = Buffer.from(received.subarray(0, length));
        received = received.subarray(length);
        this.#answer(socket, message.readUInt32LE(8), decodeMessage(message));
      }
    });
  }

  #answer(socket: Socket, serial: number, { member, body, signature }: DbusMessage): void {
    this.members.push(member);
    if (member === 'StartTransientUnit') socket.destroy();
    else if (member !== 'Get') socket.write(reply(serial));
    else {
      const [, name = ''] = body.readAll(signature);
      socket.write(reply(serial, RUNNING[name as string]));
    }
  }
}

/** The bytes of an answer, with one variant in it or with nothing. */
function reply(serial: number, value?: DbusVariant): Buffer {
  const body = new DbusWriter();
  const fields: DbusValue[] = [[5, { signature: 'u', value: serial }]];
  if (value !== undefined) {
    fields.push([8, { signature: 'g', value: 'v' }]);
    body.write('v', value);
  }
  const header = new DbusWriter();
  const fixed = ['l'.charCodeAt(0), 2, 0, 1, body.bytes.length, serial];
  header.writeAll('yyyyuua(yv)', [...fixed, fields]);
  header.align(8);
  return Buffer.concat([header.bytes, body.bytes]);
}

let directory: string;
let peer: Peer;
let units: SystemdUnitManager;

beforeEach(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'myx-systemd-'));
  const socket = path.join(directory, 'private');
  peer = new Peer();
  await new Promise<void>((resolve) => peer.server.listen(socket, resolve));
  units = new SystemdUnitManager([{ path: socket, isBus: false }]);
});

afterEach(async () => {
  await peer.close();
  rmSync(directory, { recursive: true });
});

describe('SystemdUnitManager', () => {
  it('asks everything about a unit on one connection, so that no answer is older than the one before', async () => {
    const [state] = await Promise.all([units.state('a.service'), units.state('b.service')]);

    expect(state).toMatchObject({ subState: 'running', ending: { startedAt: 7, exitedAt: 0 } });
    expect(peer.connections).toBe(1);
  });

  it('connects again, once, when the connection broke', async () => {
    await units.isStopping().catch(() => undefined);
    await expect(units.startTransient('a.service', [])).rejects.toThrow();

    await Promise.all([units.state('a.service'), units.state('b.service')]);

    expect(peer.connections).toBe(2);
  });

  it('tells a start that was not answered from one that was never asked for', async () => {
    await expect(units.startTransient('a.service', [])).rejects.toMatchObject({
      name: 'UnitUnanswered',
    });
    await peer.close();

    await expect(units.startTransient('a.service', [])).rejects.toMatchObject({
      name: 'UnitRefused',
    });
    expect(peer.members).toEqual(['Subscribe', 'StartTransientUnit']);
  });
});
