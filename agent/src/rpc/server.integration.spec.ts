import { createHash } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HEADERS, LIMITS, METHODS } from '@myx/protocol';
import { AgentCaller } from '../../../test/support/agent-caller.ts';
import type { RawAnswer, RawRequest } from '../../../test/support/agent-caller.ts';
import { AGENT_RUNTIMES, AgentProcess } from '../../../test/support/agent-process.ts';
import { TestAuthority } from '../../../test/support/test-authority.ts';
import type { Credentials } from '../../../test/support/test-authority.ts';

const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'health_check', params: {} });

/** Everything of an answer that must not tell one refusal from another. */
function shape({ status, headers, body: content }: RawAnswer): unknown {
  const { date, ...others } = headers;
  return { status, others, hasDate: date !== undefined, content: content.toString('latin1') };
}

describe.each(AGENT_RUNTIMES)('the agent on %s', (runtime) => {
  let agent: AgentProcess;
  let foreign: TestAuthority;

  beforeAll(async () => {
    agent = await AgentProcess.start({ runtime });
    foreign = await TestAuthority.create('MyX test authority');
  }, 60_000);

  afterAll(async () => {
    await foreign.remove();
    await agent.stop();
  });

  function tls(options: ConnectionOptions): Promise<Socket> {
    const { host, rpcPort: port, certificate: ca } = agent.identity;
    return new Promise((resolve, reject) => {
      const socket = connectTls({
        host,
        port,
        ca,
        checkServerIdentity: () => undefined,
        ...options,
      });
      socket.once('secureConnect', () => {
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }

  const closed = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.once('close', () => {
        resolve(received);
      });
    });

  async function isServed(credentials: Credentials | undefined): Promise<boolean> {
    const caller = new AgentCaller(agent.identity, credentials);
    const served = await caller.request({ body }).then(
      () => true,
      () => false,
    );
    caller.close();
    return served;
  }

  describe('before HTTP', () => {
    it('serves a manager with a certificate of its own authority', async () => {
      expect(await isServed(agent.credentials)).toBe(true);
    });

    it('refuses a client without a certificate', async () => {
      expect(await isServed(undefined)).toBe(false);
    });

    it('refuses a certificate of a foreign authority of the same name', async () => {
      expect(await isServed(await foreign.issue('manager'))).toBe(false);
    });

    it('refuses a certificate that is not meant for clients', async () => {
      expect(await isServed(await agent.authority.issue('manager', 'serverAuth'))).toBe(false);
    });

    it('refuses TLS 1.2', async () => {
      const { key, certificate: cert } = agent.credentials;

      await expect(tls({ key, cert, maxVersion: 'TLSv1.2' })).rejects.toThrow();
    });

    it('speaks nothing but TLS', async () => {
      const socket = connectTcp(agent.identity.rpcPort, agent.identity.host);
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');

      expect(await closed(socket)).not.toContain('HTTP');
    });

    it('answers managers while many connections idle', async () => {
      const idle = Array.from({ length: 200 }, () => {
        const socket = connectTcp(agent.identity.rpcPort, agent.identity.host);
        socket.on('error', () => undefined);
        return socket;
      });
      const ended = Promise.all(idle.map(closed));

      expect(await isServed(agent.credentials)).toBe(true);
      // None is kept beyond the time of a handshake.
      await ended;
    });

    it('ends a connection whose headers do not come to an end', async () => {
      const { key, certificate: cert } = agent.credentials;
      const socket = await tls({ key, cert });
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ');

      expect(await closed(socket)).not.toContain('200');
    });
  });

  describe('at the gate', () => {
    const wrong: [string, (caller: AgentCaller) => RawRequest][] = [
      ['a wrong path', () => ({ path: '/nothing/rpc', body })],
      ['the root', () => ({ path: '/', body })],
      ['a wrong method', () => ({ method: 'PUT', body })],
      ['a wrong token', () => ({ token: 'x'.repeat(43), body })],
      ['no token', () => ({ token: '', body })],
      ['a wrong signature', () => ({ signature: 'a'.repeat(64), body })],
      ['a stale timestamp', () => ({ timestamp: Date.now() - 130_000, body })],
      ['a timestamp from before the start', () => ({ timestamp: Date.now() - 110_000, body })],
      ['a timestamp of the future', () => ({ timestamp: Date.now() + 130_000, body })],
      [
        'another body than was signed',
        (caller) => ({
          body,
          headers: {
            [HEADERS.signature]: caller.headersFor({ body: '{}' })[HEADERS.signature] ?? '',
          },
        }),
      ],
      [
        'another body than its digest',
        (caller) => {
          const headers = caller.headersFor({ body: '{}' });
          return { body, headers };
        },
      ],
    ];

    it('answers everything that is wrong alike', async () => {
      // So that a while ago is before its start, however long the tests before took.
      await agent.restart();
      const answers: [string, unknown][] = [];
      for (const [name, request] of wrong) {
        answers.push([name, shape(await agent.caller.request(request(agent.caller)))]);
      }
      const replayed = { body, headers: agent.caller.headersFor({ body }) };

      expect((await agent.caller.request(replayed)).status).toBe(200);
      answers.push(['a replay', shape(await agent.caller.request(replayed))]);
      const [[, first] = []] = answers;
      expect(first).toMatchObject({ status: 404, hasDate: true });
      for (const [name, answer] of answers) expect([name, answer]).toEqual([name, first]);
    });

    it('refuses a request that was sent before a restart', async () => {
      const recorded = {
        body,
        headers: agent.caller.headersFor({ body, timestamp: Date.now() - 3000 }),
      };
      await agent.restart();

      expect((await agent.caller.request(recorded)).status).toBe(404);
      expect((await agent.caller.request({ body })).status).toBe(200);
    });
  });

  describe('with an admitted request', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const keys = JSON.stringify(
      Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index.toString(36), 0])),
    );

    it.each([
      ['deep nesting', nested(100_000), -32700],
      [
        'a hundred thousand keys',
        `{"jsonrpc":"2.0","id":1,"method":"get_port","params":${keys}}`,
        -32602,
      ],
      [
        '__proto__ as a member',
        '{"jsonrpc":"2.0","id":1,"method":"get_port","__proto__":{}}',
        -32600,
      ],
      ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"shell"}', -32601],
      ['the method constructor', '{"jsonrpc":"2.0","id":1,"method":"constructor"}', -32601],
      ['the method toString', '{"jsonrpc":"2.0","id":1,"method":"toString"}', -32601],
      ['the method __proto__', '{"jsonrpc":"2.0","id":1,"method":"__proto__"}', -32601],
      ['a batch', `[${body}]`, -32600],
      ['a lone surrogate', '{"jsonrpc":"2.0","id":1,"method":"\\ud800"}', -32601],
      ['no JSON', 'NaN', -32700],
    ])('answers %s with an error and goes on', async (_name, request, code) => {
      const answer = await agent.caller.request({ body: request });

      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body.toString('utf8'))).toMatchObject({ error: { code } });
      expect((await agent.caller.request({ body })).status).toBe(200);
    });

    it('takes __proto__ for nothing special', async () => {
      const params = '{"__proto__":{"command_id":"abcdefgh"}}';
      const request = `{"jsonrpc":"2.0","id":1,"method":"forget_command","params":${params}}`;
      const answer = await agent.caller.request({ body: request });

      expect(JSON.parse(answer.body.toString('utf8'))).toMatchObject({ error: { code: -32602 } });
    });

    it('takes a body of exactly the limit and no longer one', async () => {
      const fitting = Buffer.alloc(LIMITS.requestBodyBytes, ' ');
      fitting.write(body);

      expect((await agent.caller.request({ body: fitting })).status).toBe(200);
      const tooLong = Buffer.concat([fitting, Buffer.from(' ')]);
      expect((await agent.caller.request({ body: tooLong })).status).toBe(413);
    });

    it('counts a body whose length was not announced', async () => {
      const tooLong = Buffer.alloc(LIMITS.requestBodyBytes + 1, ' ');
      const status = await new Promise<number>((resolve, reject) => {
        const request = agent.caller.open({ body: tooLong }, (response) => {
          resolve(response.statusCode ?? 0);
          response.resume();
        });
        request.removeHeader('content-length');
        request.on('error', reject);
        request.write(tooLong.subarray(0, 500_000));
        request.end(tooLong.subarray(500_000));
      });

      expect(status).toBe(413);
    });

    it('wants JSON declared as such', async () => {
      expect((await agent.caller.request({ body, contentType: 'text/plain' })).status).toBe(415);
    });

    it('serves every method of the contract', async () => {
      for (const method of Object.keys(METHODS)) {
        const { error } = await agent.caller.callRaw({ jsonrpc: '2.0', id: 1, method });

        expect([method, error?.code]).not.toEqual([method, -32601]);
      }
    });

    it('tells what it is, and what its server is', async () => {
      const status = await agent.caller.call('get_status', {});
      const beat = await agent.caller.call('heartbeat', { sent_at: new Date().toISOString() });

      expect(status.runtime.name).toBe(runtime);
      expect(status.agent.pid).toBe(agent.pid);
      expect(status.server.os.id).not.toBe('');
      expect(status.server.disks.map(({ path }) => path)).toContain('/');
      expect(beat.vitals.memory.total_bytes).toBeGreaterThan(0);
      expect(beat.agent.state_epoch).toBe(status.agent.state_epoch);
      const port = await agent.caller.call('get_port', {});
      expect(port).toEqual({ rpc_port: agent.identity.rpcPort });
    });

    it('starts nothing where there is no service manager, and says so', async () => {
      const params = { command_id: 'no-systemd', command: '/bin/true', args: [], timeout: 5 };

      await expect(agent.caller.call('execute_command', params)).rejects.toMatchObject({
        code: -32007,
      });
      expect((await agent.caller.call('list_commands', {})).commands).toEqual([]);
    });
  });

  it('keeps its secrets out of its log', () => {
    const { token, secretKey, rpcPath } = agent.identity;
    const hash = createHash('sha256').update(token).digest('hex');

    for (const secret of [token, secretKey, rpcPath, hash]) {
      expect(agent.output).not.toContain(secret);
    }
  });
});
