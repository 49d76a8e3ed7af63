import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { AgentHosts, HostContext } from '../deployment-tool/index.js';
import { isHandedOver } from '../operations/index.js';
import { ManagerConfig } from '../platform/config/index.js';
import type { DeploymentChecks } from './deployment-checks.js';
import type { DeploymentsRepository } from './deployments.repository.js';
import { DriftScheduler } from './drift.scheduler.js';

describe('DriftScheduler', () => {
  it('tells the checks that run that the manager stops, and waits for them', async () => {
    const aborted: AbortSignal[] = [];
    let tellBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => (tellBegun = resolve));
    const checks = {
      check: (_id: string, { signal }: HostContext) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal);
            reject(signal.reason as Error);
          });
          tellBegun();
        }),
    };
    const repository = {
      claimDue: () => Promise.resolve(['one']),
      find: () => Promise.resolve({ serverId: 'server' }),
    };
    const scheduler = new DriftScheduler(
      repository as unknown as DeploymentsRepository,
      checks as unknown as DeploymentChecks,
      { open: () => ({}) } as unknown as AgentHosts,
      ManagerConfig.parse({ data_dir: '/nonexistent' }),
      pino({ level: 'silent' }),
    );
    scheduler.onApplicationBootstrap();
    await scheduler.tick();
    await begun;

    await scheduler.beforeApplicationShutdown();

    // Only then a program on a server that does not answer is given up within seconds.
    expect(aborted.map(isHandedOver)).toEqual([true]);
  });
});
