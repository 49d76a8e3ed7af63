import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureSystemPackages } from './system-packages.ts';
import { eventually } from './eventually.ts';

/** A real Redis of a test's own, on a unix socket. */
export interface RedisProcess {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: what it had not written is lost, as after a crash. */
  kill(): Promise<void>;
  /** Ends it and deletes its files. */
  remove(): Promise<void>;
}

/** Prepares a Redis from Debian's package, installing that when it is missing; start it with `start`. */
export async function makeRedis(): Promise<RedisProcess> {
  const packages = await ensureSystemPackages(['redis-server']);
  if (!packages.ok) throw new Error(packages.reason);
  const directory = await mkdtemp(join(tmpdir(), 'myx-redis-'));
  const socket = join(directory, 'redis.sock');
  let server: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (server === undefined) return;
    const exit = once(server, 'exit');
    server.kill('SIGKILL');
    await exit;
    server = undefined;
  }

  return {
    url: `unix://${socket}`,
    start: async () => {
      const options = [
        '--port',
        '0',
        '--unixsocket',
        socket,
        '--dir',
        directory,
        '--appendonly',
        'yes',
      ];
      server = spawn('redis-server', options, { stdio: 'ignore' });
      await eventually('Redis answers', () => answers(socket), { everyMs: 20 });
    },
    kill,
    remove: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function answers(socket: string): Promise<true | undefined> {
  return new Promise((resolve) => {
    const client = connect(socket, () => client.write('PING\r\n'));
    client.once('data', (reply) => {
      resolve(reply.toString().startsWith('+PONG') ? true : undefined);
      client.destroy();
    });
    client.once('error', () => {
      resolve(undefined);
    });
  });
}
