import { Injectable } from '@nestjs/common';
import { AgentsService } from '../agents/index.js';
import { StepFailure } from '../operations/index.js';
import { AppError } from '../platform/errors/index.js';
import { ServersService } from '../servers/index.js';
import { DeploymentConfigs } from './deployment-configs.js';
import type { OpenedVersion } from './deployment-configs.js';
import { DeploymentKinds } from './deployment-kinds.js';
import type { DeploymentParams } from './deployment-memory.js';
import { DeploymentsRepository } from './deployments.repository.js';
import type { Deployment } from './deployment.entity.js';

/** What the steps of operations on deployments need of the manager. */
@Injectable()
export class DeploymentParts {
  constructor(
    readonly agents: AgentsService,
    readonly servers: ServersService,
    readonly kinds: DeploymentKinds,
    readonly configs: DeploymentConfigs,
    readonly repository: DeploymentsRepository,
  ) {}

  /** @throws StepFailure when the deployment is gone. */
  async deployment({ deployment_id: id }: DeploymentParams): Promise<Deployment> {
    const deployment = await this.repository.find(id);
    if (deployment) return deployment;
    throw new StepFailure(
      'manager',
      'deployment_not_found',
      'The deployment was removed meanwhile.',
    );
  }

  /** The version an operation is about, opened and rendered. @throws StepFailure */
  async opened(params: DeploymentParams): Promise<OpenedVersion> {
    const deployment = await this.deployment(params);
    const server = await this.servers.get(deployment.serverId);
    try {
      return await this.configs.open(deployment, params.version, server);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new StepFailure('manager', error.definition.name, error.message, { cause: error });
    }
  }
}
