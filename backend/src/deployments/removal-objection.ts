import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '../platform/errors/index.js';
import { RemovalObjections } from '../servers/index.js';
import { SERVER_HAS_DEPLOYMENTS } from './deployments.errors.js';
import { DeploymentsRepository } from './deployments.repository.js';

/** Keeps agents on servers for as long as they are needed to take deployed services away. */
@Injectable()
export class DeploymentObjection implements OnModuleInit {
  constructor(
    private readonly repository: DeploymentsRepository,
    private readonly objections: RemovalObjections,
  ) {}

  onModuleInit(): void {
    this.objections.add((manager, serverId) => this.refuse(manager, serverId));
  }

  private async refuse(manager: EntityManager, serverId: string): Promise<void> {
    const deployments = await this.repository.ofServer(serverId, manager);
    const onServer = deployments.filter(({ appliedVersion }) => appliedVersion !== null);
    if (onServer.length === 0) return;
    const kinds = onServer.map(({ kind }) => kind).join(', ');
    throw new AppError(
      SERVER_HAS_DEPLOYMENTS,
      `Services are deployed on this server (${kinds}), and its agent is needed to take them away. Uninstall them first, or use force to leave them running there, managed by nobody.`,
      { deployment_ids: onServer.map(({ id }) => id) },
    );
  }
}
