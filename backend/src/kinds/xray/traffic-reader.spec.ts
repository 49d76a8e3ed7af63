import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { AgentHosts, HostContext } from '../../deployment-tool/index.js';
import { isHandedOver } from '../../operations/index.js';
import { ManagerConfig } from '../../platform/config/index.js';
import type { TransactionRunner } from '../../platform/database/index.js';
import { TrafficReader } from './traffic-reader.js';
import type { TrafficRepository } from './traffic.repository.js';

describe('TrafficReader', () => {
  it('tells the readings that run that the manager stops, and waits for them', async () => {
    const aborted: AbortSignal[] = [];
    let tellBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => (tellBegun = resolve));
    const host = {
      run: ({ signal }: HostContext) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal);
            reject(signal.reason as Error);
          });
          tellBegun();
        }),
    };
    const due = { deploymentId: 'one', serverId: 'server' };
    const reader = new TrafficReader(
      { claimDue: () => Promise.resolve([due]) } as unknown as TrafficRepository,
      { open: () => host } as unknown as AgentHosts,
      {} as TransactionRunner,
      ManagerConfig.parse({ data_dir: '/nonexistent' }),
      pino({ level: 'silent' }),
    );
    reader.onApplicationBootstrap();
    await reader.tick();
    await begun;

    await reader.beforeApplicationShutdown();

    // Only then a program on a server that does not answer is given up within seconds.
    expect(aborted.map(isHandedOver)).toEqual([true]);
  });
});
