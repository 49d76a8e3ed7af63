import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/index.js';
import { AuditModule } from '../audit/index.js';
import { DeploymentToolModule } from '../deployment-tool/index.js';
import { OperationsModule } from '../operations/index.js';
import { ServersModule } from '../servers/index.js';
import { DeploymentChecks } from './deployment-checks.js';
import { DeploymentConfigs } from './deployment-configs.js';
import { DeploymentKinds } from './deployment-kinds.js';
import { DeploymentNews } from './deployment-news.js';
import { DeploymentParts } from './deployment-parts.js';
import { DeploymentPlanner } from './deployment-planner.js';
import { DeploymentRequests } from './deployment-requests.js';
import { DeploymentsController } from './deployments.controller.js';
import { DeploymentOperations } from './deployments.operations.js';
import { DeploymentsRepository } from './deployments.repository.js';
import { DeploymentsService } from './deployments.service.js';
import { DriftScheduler } from './drift.scheduler.js';
import { DeploymentObjection } from './removal-objection.js';

/** Services that the manager has put on servers. Knows no kind of them: kinds register themselves. */
@Module({
  imports: [AgentsModule, AuditModule, DeploymentToolModule, OperationsModule, ServersModule],
  controllers: [DeploymentsController],
  providers: [
    DeploymentChecks,
    DeploymentConfigs,
    DeploymentKinds,
    DeploymentNews,
    DeploymentObjection,
    DeploymentOperations,
    DeploymentParts,
    DeploymentPlanner,
    DeploymentRequests,
    DeploymentsRepository,
    DeploymentsService,
    DriftScheduler,
  ],
  exports: [DeploymentConfigs, DeploymentKinds, DeploymentRequests, DeploymentsService],
})
export class DeploymentsModule {}
