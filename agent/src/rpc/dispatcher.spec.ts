import { describe, expect, it } from '@jest/globals';
import { METHODS } from '@myx/protocol';
import type { Handlers } from '@myx/protocol';
import { Dispatcher } from './dispatcher.ts';
import { RpcError } from './rpc-error.ts';

function refuse(): Promise<never> {
  return Promise.reject(new Error('a secret detail'));
}

const handlers: Handlers = {
  health_check: () => Promise.resolve({ status: 'ok', version: '1', extra: 'dropped' }),
  heartbeat: refuse,
  get_status: refuse,
  get_port: () => Promise.resolve({ rpc_port: 0 }),
  execute_command: refuse,
  execute_ansible: refuse,
  get_command_log: refuse,
  cancel_command: refuse,
  list_commands: refuse,
  forget_command: () => Promise.reject(new RpcError('command_running', 'still runs')),
};

async function answer(request: unknown): Promise<unknown> {
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  return JSON.parse(await new Dispatcher(handlers).answer(Buffer.from(body)));
}

function call(method: string, params: unknown = {}): Promise<unknown> {
  return answer({ jsonrpc: '2.0', id: 7, method, params });
}

describe('Dispatcher', () => {
  it('serves the methods of the contract and no other', () => {
    expect(new Dispatcher(handlers).methods).toEqual(Object.keys(METHODS));
  });

  it('answers with what the contract knows of the result', async () => {
    expect(await call('health_check')).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { status: 'ok', version: '1' },
    });
  });

  it.each(['unknown', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'rpc.discover'])(
    'has no method %s',
    async (method) => {
      expect(await call(method)).toEqual({
        jsonrpc: '2.0',
        id: 7,
        error: { code: -32601, message: 'Method not found' },
      });
    },
  );

  it('tells where parameters are wrong, and never their values', async () => {
    const params = { command_id: 'too short!', offsets: 'canary', 'canary-key': 1 };
    const text = JSON.stringify(await call('get_command_log', params));

    expect(text).toContain('-32602');
    expect(text).toContain('command_id');
    expect(text).not.toContain('canary');
    expect(text).not.toContain('too short!');
  });

  it.each([
    ['text', 'no json', -32700],
    ['bytes that are not UTF-8', '"\ufffd', -32700],
    ['deep nesting', '['.repeat(40) + ']'.repeat(40), -32700],
    ['a batch', [{ jsonrpc: '2.0', id: 1, method: 'health_check' }], -32600],
    ['a notification', { jsonrpc: '2.0', method: 'health_check' }, -32600],
    ['an id that is an object', { jsonrpc: '2.0', id: {}, method: 'health_check' }, -32600],
    ['positional parameters', { jsonrpc: '2.0', id: 1, method: 'get_port', params: [] }, -32600],
    ['an unknown member', { jsonrpc: '2.0', id: 1, method: 'get_port', more: 1 }, -32600],
  ])('refuses %s', async (_name, request, code) => {
    expect(await answer(request)).toMatchObject({ id: null, error: { code } });
  });

  it('passes refusals on and keeps the reason of faults to itself', async () => {
    expect(await call('forget_command', { command_id: 'abcdefgh' })).toMatchObject({
      error: { code: -32004, message: 'still runs' },
    });
    const fault = JSON.stringify(await call('list_commands'));
    expect(fault).toContain('-32603');
    expect(fault).not.toContain('secret');
  });

  it('does not pass on a result that is not what the contract says', async () => {
    expect(await call('get_port')).toMatchObject({ error: { code: -32603 } });
  });
});
