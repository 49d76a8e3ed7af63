import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HEADERS } from '@myx/protocol';
import { eventually } from '../../../../test/support/eventually.ts';
import { AGENT_ACCESS, failingCall, TlsAgents } from '../../../../test/support/tls-agents.ts';
import type { Answer } from '../../../../test/support/tls-agents.ts';

const HEALTHY = { status: 'ok', version: '1.0.0' };
const agents = new TlsAgents();

afterEach(() => agents.close());

const healthy: Answer = ({ rpc }, response) => {
  response.end(JSON.stringify({ jsonrpc: '2.0', id: rpc.id, result: HEALTHY }));
};

/** Keeps every thread busy that could look a name up, until the answer is called: a FIFO waits for its writer. */
function occupyThreads(): () => Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'myx-threads-'));
  const fifo = path.join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const readers = Array.from({ length: 64 }, () => open(fifo, 'r'));
  return async () => {
    const writer = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    for (const reader of await Promise.all(readers)) await reader.close();
    closeSync(writer);
    rmSync(directory, { recursive: true });
  };
}

describe('a call', () => {
  it('answers the parsed result and keeps its connection', async () => {
    const { port, requests, sockets } = await agents.start(healthy);
    const client = agents.client(port);

    expect(await client.call('health_check', {})).toEqual(HEALTHY);
    expect(await client.call('health_check', {})).toEqual(HEALTHY);

    expect(requests.map(({ request }) => request.url)).toEqual([
      `/${AGENT_ACCESS.path}/rpc`,
      `/${AGENT_ACCESS.path}/rpc`,
    ]);
    expect(sockets.size).toBe(1);
  });

  it('is not held up by calls that wait', async () => {
    const waiting: ServerResponse[] = [];
    const { port } = await agents.start((received, response) => {
      if (received.rpc.method === 'get_command_log') waiting.push(response);
      else healthy(received, response);
    });
    const client = agents.client(port);
    const stop = new AbortController();
    const params = { command_id: 'command-1', offsets: { stdout: 0, stderr: 0 }, max_bytes: 1 };
    const polls = Array.from({ length: 10 }, () =>
      client.call('get_command_log', { ...params, wait_ms: 20_000 }, { signal: stop.signal }),
    );
    const ended = Promise.allSettled(polls);

    expect(await client.call('health_check', {})).toEqual(HEALTHY);

    stop.abort(new Error('enough'));
    const results = await ended;
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
  });

  it('refuses parameters that the contract does not allow, before anything is sent', async () => {
    const { port, requests } = await agents.start(healthy);
    const client = agents.client(port);

    const call = client.call('cancel_command', { command_id: '../etc', grace_ms: 0 });

    await expect(call).rejects.toThrow();
    expect(requests).toHaveLength(0);
  });
});

describe('a name whose lookup never ends', () => {
  it('is no silent host', async () => {
    const { port } = await agents.start(healthy);
    const client = agents.client(port, { host: 'localhost', connectTimeoutMs: 300 });
    const free = occupyThreads();

    const { error } = await failingCall(client, 0).finally(free);

    expect(error).toMatchObject({ layer: 'dns', code: 'resolver_unavailable', notDelivered: true });
  });
});

describe('retries', () => {
  it('repeats a 5xx three times, with growing pauses, and logs each', async () => {
    const { port, requests } = await agents.start((_received, response) => {
      response.writeHead(503).end();
    });
    const lines: string[] = [];

    const { error, notices } = await failingCall(agents.client(port, { lines }));

    expect(error).toMatchObject({ layer: 'rpc', code: 'server_error' });
    expect(requests).toHaveLength(4);
    expect(notices.map(({ attempt, waitMs }) => [attempt, waitMs])).toEqual([
      [1, 5],
      [2, 10],
      [3, 20],
    ]);
    expect(lines.map((line) => (JSON.parse(line) as { attempt: number }).attempt)).toEqual([
      1, 2, 3,
    ]);
    expect(lines.join()).not.toContain(AGENT_ACCESS.token);
  });

  it('succeeds when a later attempt does', async () => {
    let calls = 0;
    const { port } = await agents.start((received, response) => {
      calls += 1;
      if (calls < 3) response.writeHead(500).end();
      else healthy(received, response);
    });

    expect(await agents.client(port).call('health_check', {})).toEqual(HEALTHY);
  });

  it.each([
    [404, 'token', 'gate_refused'],
    [400, 'rpc', 'bad_request'],
    [302, 'rpc', 'unexpected_status'],
    [401, 'rpc', 'unexpected_status'],
  ])('does not repeat or follow a %i', async (status, layer, code) => {
    const { port, requests } = await agents.start((_received, response) => {
      response.writeHead(status, { location: 'https://127.0.0.1:1/' }).end();
    });

    const { error, notices } = await failingCall(agents.client(port));

    expect(error).toMatchObject({ layer, code, retryable: false });
    expect(notices).toHaveLength(0);
    expect(requests).toHaveLength(1);
  });

  it('does not repeat what the method itself refused', async () => {
    const { port, requests } = await agents.start(({ rpc }, response) => {
      const error = { code: -32005, message: 'too many' };
      response.end(JSON.stringify({ jsonrpc: '2.0', id: rpc.id, error }));
    });

    const { error } = await failingCall(agents.client(port));

    expect(error).toMatchObject({ layer: 'rpc', rpcError: 'too_many_commands' });
    expect(requests).toHaveLength(1);
  });

  it('gives up at once when the caller does, also between attempts', async () => {
    const { port } = await agents.start((_received, response) => {
      response.writeHead(503).end();
    });
    const stop = new AbortController();

    const call = agents.client(port, { retryBaseMs: 60_000 }).call(
      'health_check',
      {},
      {
        signal: stop.signal,
        onRetry: () => {
          stop.abort(new Error('changed my mind'));
        },
      },
    );

    await expect(call).rejects.toThrow('changed my mind');
  });
});

describe('clocks', () => {
  it('signs on the agent’s time when its clock is wrong, and remembers it', async () => {
    const agentTime = (): number => Date.now() - 3_600_000;
    const { port, requests } = await agents.start((received, response) => {
      const sent = Number(received.request.headers[HEADERS.timestamp]);
      response.setHeader('date', new Date(agentTime()).toUTCString());
      if (Math.abs(sent - agentTime()) > 120_000) response.writeHead(404).end();
      else healthy(received, response);
    });
    const client = agents.client(port);

    expect(await client.call('health_check', {})).toEqual(HEALTHY);
    expect(await client.call('health_check', {})).toEqual(HEALTHY);

    expect(requests).toHaveLength(3);
  });

  it('asks the gate twice at most', async () => {
    const { port, requests } = await agents.start((_received, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
      response.writeHead(404).end();
    });

    const { error } = await failingCall(agents.client(port));

    expect(error.layer).toBe('token');
    expect(requests).toHaveLength(2);
  });
});

describe('answers of a hostile agent', () => {
  it.each([
    ['no JSON', 'hello'],
    ['another shape', JSON.stringify({ jsonrpc: '2.0', id: 1 })],
    ['the answer to another request', JSON.stringify({ jsonrpc: '2.0', id: 'x', result: HEALTHY })],
  ])('refuses %s', async (_name, body) => {
    const { port } = await agents.start((_received, response) => {
      response.end(body);
    });

    const { error } = await failingCall(agents.client(port));

    expect(error).toMatchObject({ layer: 'rpc', code: 'invalid_response', retryable: false });
  });

  it('refuses a result of another shape', async () => {
    const { port } = await agents.start(({ rpc }, response) => {
      response.end(JSON.stringify({ jsonrpc: '2.0', id: rpc.id, result: { status: 'fine' } }));
    });

    expect((await failingCall(agents.client(port))).error.code).toBe('invalid_response');
  });

  it('stops reading an endless answer', async () => {
    let written = 0;
    const { port } = await agents.start((_received, response) => {
      const piece = Buffer.alloc(256 * 1024, 0x20);
      const pump = (): void => {
        while (!response.destroyed && response.write(piece)) written += piece.length;
        written += piece.length;
      };
      response.on('drain', pump);
      pump();
    });

    const { error } = await failingCall(agents.client(port));

    expect(error).toMatchObject({ code: 'response_too_large', retryable: false });
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it('gives a slow drip the deadline of the attempt', async () => {
    const { port } = await agents.start((_received, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => {
        clearInterval(timer);
      });
    });

    const { error } = await failingCall(agents.client(port, { timeoutMs: 2_000 }), 0);

    expect(error).toMatchObject({ layer: 'rpc', code: 'timeout', retryable: true });
  });

  it('says so when the connection breaks in the middle', async () => {
    const { port } = await agents.start((_received, response) => {
      response.write('{"jsonrpc"');
      setTimeout(() => response.destroy(), 20);
    });

    const { error } = await failingCall(agents.client(port), 0);

    expect(error).toMatchObject({ layer: 'rpc', code: 'connection_lost', notDelivered: false });
  });

  it('says that it was the manager who gave it up, at once, and blames nobody else', async () => {
    const { port, requests } = await agents.start(() => undefined);
    const client = agents.client(port);
    const failing = failingCall(client);
    await eventually('it is asked', () => Promise.resolve(requests.length > 0 || undefined));

    await client.close();

    const replaced = { layer: 'rpc', code: 'connection_replaced', retryable: true };
    expect(await failing).toMatchObject({ error: replaced, notices: [] });
    expect(await failingCall(client)).toMatchObject({ error: replaced, notices: [] });
    expect(requests).toHaveLength(1);
  });

  it('opens nothing once it is closed, whatever is asked', async () => {
    const { port, requests } = await agents.start(healthy);
    const client = agents.client(port);
    await client.close();
    const offsets = { stdout: 0, stderr: 0 };
    const params = { command_id: 'command-1', offsets, max_bytes: 1, wait_ms: 20_000 };

    const asked = await Promise.allSettled([
      client.call('get_command_log', params),
      client.getFile('/var/lib/myx/file'),
      client.events(0, new AbortController().signal)[Symbol.asyncIterator]().next(),
    ]);

    expect(asked).toMatchObject(Array(3).fill({ reason: { code: 'connection_replaced' } }));
    expect(requests).toHaveLength(0);
  });
});
