import { expect, it } from '@jest/globals';
import { AgentCallError, CONNECTION_REPLACED } from '../platform/agent-client/index.js';
import type { AgentClient } from '../platform/agent-client/index.js';
import type { InstallSession } from './install-session.js';
import { waitForRpc } from './rpc-wait.js';

it('asks over the next connection when the manager gave one up', async () => {
  const replaced = new AgentCallError('given up', {
    layer: 'rpc',
    code: CONNECTION_REPLACED,
    retryable: true,
    notDelivered: false,
  });
  const answers = [() => Promise.reject(replaced), () => Promise.resolve({ status: 'ok' })];
  // Given up once, a connection stays so.
  const clients = answers.map((call) => ({ call }) as unknown as AgentClient);
  const context = {
    signal: new AbortController().signal,
    log: () => undefined,
    progress: () => undefined,
  } as unknown as Parameters<typeof waitForRpc>[0];
  let asked = 0;

  await waitForRpc(context, {} as InstallSession, {
    client: () => Promise.resolve(clients[Math.min(asked++, 1)]!),
    address: { host: 'host.example', port: 1 },
    timeoutMs: 60_000,
  });

  expect(asked).toBe(2);
});
