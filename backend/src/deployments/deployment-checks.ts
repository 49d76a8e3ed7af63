import { Injectable } from '@nestjs/common';
import type { AgentHost, HostContext } from '../deployment-tool/index.js';
import type { LogLevel } from '../operations/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { DeploymentNews } from './deployment-news.js';
import type { Deployment, DeploymentState, Difference } from './deployment.entity.js';
import { DeploymentsRepository } from './deployments.repository.js';
import { differencesOf, isDown, lookAt } from './host-look.js';

/** A line on what a check found. */
export interface CheckLine {
  readonly message: string;
  readonly level: LogLevel;
}

/** Compares servers with what was deployed there. Reports; never repairs. */
@Injectable()
export class DeploymentChecks {
  constructor(
    private readonly repository: DeploymentsRepository,
    private readonly transactions: TransactionRunner,
    private readonly news: DeploymentNews,
  ) {}

  /**
   * Looks at the server and stores what was found. An operation that works on the deployment meanwhile, or
   * did for a part of the look, knows better: then nothing is stored.
   *
   * @throws StepFailure when the server does not answer.
   */
  async check(
    id: string,
    context: HostContext,
    host: Pick<AgentHost, 'run'>,
  ): Promise<readonly CheckLine[]> {
    const before = await this.repository.find(id);
    const applied = before?.appliedVersion ?? null;
    if (!before || applied === null) return [NEVER_APPLIED];
    const version = await this.repository.version(id, applied);
    const manifest = version?.manifest;
    if (!manifest) return [NEVER_APPLIED];
    const look = await lookAt(context, host, {
      paths: manifest.files.map(({ path }) => path),
      unit: manifest.unit,
      versionCommand: manifest.versionCommand,
    });
    const differences = differencesOf(manifest, look);
    await this.store(before, differences, isDown(manifest, look));
    return differences.length === 0
      ? [{ message: 'the server is as it was deployed', level: 'info' }]
      : differences.map(({ name, message }) => ({
          message: `${name} ${message}`,
          level: 'warning',
        }));
  }

  private async store(
    before: Deployment,
    differences: readonly Difference[],
    isServiceDown: boolean,
  ): Promise<void> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const now = await this.repository.lock(manager, before.id);
      if (!now || wasWorkedOn(before, now)) return;
      const state = checkedState(now.state, differences, isServiceDown);
      await this.repository.update(
        manager,
        now.id,
        { differences: [...differences], lastCheckAt: new Date() },
        state,
      );
      const isNews =
        state !== now.state || JSON.stringify(differences) !== JSON.stringify(now.differences);
      if (isNews) transaction.afterCommit(() => this.news.changed(now.id));
    });
  }
}

/** Whether what was seen between the two may be what an operation was just about to change. */
function wasWorkedOn(before: Deployment, now: Deployment): boolean {
  return (
    before.isBusy ||
    now.isBusy ||
    now.operationId !== before.operationId ||
    now.appliedVersion !== before.appliedVersion ||
    now.state !== before.state
  );
}

const NEVER_APPLIED: CheckLine = {
  message: 'nothing was applied yet: there is nothing to compare with',
  level: 'warning',
};

/** The state of a deployment after a look at the server. */
export function checkedState(
  state: DeploymentState,
  differences: readonly Difference[],
  isServiceDown: boolean,
): DeploymentState {
  if (isServiceDown) return 'degraded';
  if (differences.length > 0) return 'drifted';
  // A version that was rolled back stays one: what runs is not what people wanted last.
  return state === 'rolled_back' ? state : 'healthy';
}
