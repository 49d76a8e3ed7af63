import { Injectable } from '@nestjs/common';
import {
  DeploymentConfigs,
  DeploymentRequests,
  DeploymentsService,
} from '../../deployments/index.js';
import type { Deployment } from '../../deployments/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ServersService } from '../../servers/index.js';
import { XrayConfig } from './xray-config.schema.js';
import type { XrayConfigInput } from './xray-config.schema.js';
import { NOT_AN_XRAY } from './xray-host.errors.js';

/** An Xray deployment with one version of its configuration, secrets included. */
export interface OpenedXray {
  readonly deployment: Deployment;
  readonly version: number;
  readonly config: XrayConfig;
}

/** Deployments as far as they are Xrays: their configurations opened, changed and applied. */
@Injectable()
export class XrayDeployments {
  constructor(
    private readonly deployments: DeploymentsService,
    private readonly configs: DeploymentConfigs,
    private readonly requests: DeploymentRequests,
    private readonly servers: ServersService,
  ) {}

  /** The configuration that people want. @throws AppError deployment_not_found, not_an_xray_deployment */
  async desired(id: string): Promise<OpenedXray> {
    const deployment = await this.find(id);
    return this.opened(deployment, deployment.desiredVersion);
  }

  /** The configuration that was last proven to run; null when none was. */
  async applied(id: string): Promise<OpenedXray | null> {
    const deployment = await this.find(id);
    const { appliedVersion } = deployment;
    return appliedVersion === null ? null : this.opened(deployment, appliedVersion);
  }

  /**
   * Stores a changed configuration as the desired one and asks for its application. Nothing is applied where
   * nothing ever was: then people still plan.
   *
   * @throws AppError deployment_busy; deployment_changed when somebody else was faster.
   */
  async change(
    { deployment, version }: OpenedXray,
    config: XrayConfigInput,
    note: string,
    actor: Actor,
  ): Promise<{ operationId: string | null }> {
    const body = { config: { ...config }, note, expected_version: version };
    await this.deployments.configure(deployment.id, body, actor, { toBeApplied: true });
    if (deployment.appliedVersion === null) return { operationId: null };
    const accepted = await this.requests.apply(deployment.id, actor);
    return { operationId: accepted.operation_id };
  }

  private async find(id: string): Promise<Deployment> {
    const deployment = await this.deployments.find(id);
    if (deployment.kind === 'xray') return deployment;
    throw new AppError(NOT_AN_XRAY, `It is a deployment of the kind ${deployment.kind}.`);
  }

  private async opened(deployment: Deployment, version: number): Promise<OpenedXray> {
    const server = await this.servers.get(deployment.serverId);
    const { config } = await this.configs.open(deployment, version, server);
    return { deployment, version, config: XrayConfig.parse(config) };
  }
}
