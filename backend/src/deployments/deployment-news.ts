import { Injectable } from '@nestjs/common';
import { LiveBus } from '../platform/live/index.js';
import { DeploymentsRepository } from './deployments.repository.js';

/** Tells followers what happens to deployments. Everything told is stored already. */
@Injectable()
export class DeploymentNews {
  constructor(
    private readonly repository: DeploymentsRepository,
    private readonly liveBus: LiveBus,
  ) {}

  /** A deployment changed, or is gone. Call it after the commit. */
  async changed(id: string): Promise<void> {
    const deployment = await this.repository.find(id);
    const data = deployment
      ? {
          id,
          kind: deployment.kind,
          server_id: deployment.serverId,
          state: deployment.state,
          state_since: deployment.stateSince.toISOString(),
          desired_version: deployment.desiredVersion,
          applied_version: deployment.appliedVersion,
          operation_id: deployment.isBusy ? deployment.operationId : null,
          error: deployment.error,
          differences: deployment.differences,
        }
      : { id };
    const type = deployment ? 'deployment_changed' : 'deployment_removed';
    for (const topic of ['deployments', `deployments:${id}`]) {
      this.liveBus.publish({ topic, type, data });
    }
  }
}
