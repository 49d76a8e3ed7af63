import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Endpoint, INVALID_REQUEST } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, SERVER_NOT_FOUND } from '../servers/index.js';
import { DeploymentKinds } from './deployment-kinds.js';
import { DeploymentPlanner } from './deployment-planner.js';
import { DeploymentRequests } from './deployment-requests.js';
import {
  DEPLOYMENT_BUSY,
  DEPLOYMENT_CHANGED,
  DEPLOYMENT_CONFIG_OUTDATED,
  DEPLOYMENT_EXISTS,
  DEPLOYMENT_NOT_APPLIED,
  DEPLOYMENT_NOT_FOUND,
  DEPLOYMENT_VERSION_NOT_FOUND,
  NO_DEPLOYMENT_TARGET,
  UNKNOWN_DEPLOYMENT_KIND,
} from './deployments.errors.js';
import {
  ApplyDeployments,
  CreateDeployments,
  DeploymentDetails,
  DeploymentKindList,
  DeploymentPage,
  DeploymentPath,
  DeploymentPlan,
  DeploymentQuery,
  DeploymentsAccepted,
  HistoryQuery,
  OperationAccepted,
  PlanRequest,
  PutConfig,
  RollbackRequest,
  UninstallAccepted,
  UninstallRequest,
  VersionDetails,
  VersionPage,
  VersionPath,
  VersionQuery,
} from './deployments.schema.js';
import { DeploymentsService } from './deployments.service.js';

/** Services on servers. */
@ApiTags('deployments')
@Controller('api/v1')
export class DeploymentsController {
  constructor(
    private readonly kinds: DeploymentKinds,
    private readonly deployments: DeploymentsService,
    private readonly requests: DeploymentRequests,
    private readonly planner: DeploymentPlanner,
  ) {}

  @Get('deployment-kinds')
  @Endpoint({
    permission: 'deployments:read',
    summary: 'List what can be deployed, with the forms of the configurations',
    response: DeploymentKindList,
  })
  listDeploymentKinds(): DeploymentKindList {
    return this.kinds.described();
  }

  @Post('deployments')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Put a service on one or several servers, at once or after a look at the plan',
    status: 201,
    response: DeploymentsAccepted,
    errors: [
      UNKNOWN_DEPLOYMENT_KIND,
      NO_DEPLOYMENT_TARGET,
      SERVER_NOT_FOUND,
      SERVER_BEING_REMOVED,
      DEPLOYMENT_EXISTS,
      INVALID_REQUEST,
    ],
  })
  createDeployments(
    @Body({ schema: CreateDeployments }) body: CreateDeployments,
    @CurrentActor() actor: Actor,
  ): Promise<DeploymentsAccepted> {
    return this.requests.create(body, actor);
  }

  @Get('deployments')
  @Endpoint({
    permission: 'deployments:read',
    summary: 'List deployments, newest first',
    response: DeploymentPage,
  })
  listDeployments(
    @Query({ schema: DeploymentQuery }) query: DeploymentQuery,
  ): Promise<DeploymentPage> {
    return this.deployments.list(query);
  }

  @Post('deployments/apply')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Apply the desired versions of several deployments',
    status: 202,
    response: DeploymentsAccepted,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_BUSY],
  })
  applyDeployments(
    @Body({ schema: ApplyDeployments }) body: ApplyDeployments,
    @CurrentActor() actor: Actor,
  ): Promise<DeploymentsAccepted> {
    return this.requests.applyMany(body, actor);
  }

  @Get('deployments/:id')
  @Endpoint({
    permission: 'deployments:read',
    summary: 'Show a deployment with its desired configuration',
    response: DeploymentDetails,
    errors: [DEPLOYMENT_NOT_FOUND],
  })
  getDeployment(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
  ): Promise<DeploymentDetails> {
    return this.deployments.details(id);
  }

  @Put('deployments/:id/config')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Store a configuration as the desired version; nothing is applied',
    response: DeploymentDetails,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_CHANGED, INVALID_REQUEST],
  })
  putDeploymentConfig(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @Body({ schema: PutConfig }) body: PutConfig,
    @CurrentActor() actor: Actor,
  ): Promise<DeploymentDetails> {
    return this.deployments.configure(id, body, actor);
  }

  @Post('deployments/:id/plan')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Tell exactly which files and commands an apply would change; changes nothing',
    status: 200,
    response: DeploymentPlan,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_CONFIG_OUTDATED, INVALID_REQUEST],
  })
  planDeployment(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @Body({ schema: PlanRequest }) { config }: PlanRequest,
  ): Promise<DeploymentPlan> {
    return this.planner.plan(id, config);
  }

  @Post('deployments/:id/apply')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Apply the desired version; what fails is rolled back by itself',
    status: 202,
    response: OperationAccepted,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_BUSY],
  })
  applyDeployment(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @CurrentActor() actor: Actor,
  ): Promise<OperationAccepted> {
    return this.requests.apply(id, actor);
  }

  @Post('deployments/:id/rollback')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Go back to an earlier version, by default the last known good one',
    status: 202,
    response: OperationAccepted,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_BUSY, DEPLOYMENT_VERSION_NOT_FOUND],
  })
  rollBackDeployment(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @Body({ schema: RollbackRequest }) { version }: RollbackRequest,
    @CurrentActor() actor: Actor,
  ): Promise<OperationAccepted> {
    return this.requests.rollback(id, version, actor);
  }

  @Post('deployments/:id/uninstall')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Take the service away and forget the deployment',
    status: 202,
    response: UninstallAccepted,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_BUSY],
  })
  uninstallDeployment(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @Body({ schema: UninstallRequest }) { force }: UninstallRequest,
    @CurrentActor() actor: Actor,
  ): Promise<UninstallAccepted> {
    return this.requests.uninstall(id, force, actor);
  }

  @Post('deployments/:id/check')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Compare the server with what was deployed',
    status: 202,
    response: OperationAccepted,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_NOT_APPLIED],
  })
  checkDeployment(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @CurrentActor() actor: Actor,
  ): Promise<OperationAccepted> {
    return this.requests.check(id, actor);
  }

  @Get('deployments/:id/history')
  @Endpoint({
    permission: 'deployments:read',
    summary: 'List the versions of a deployment, newest first, each with its diff',
    response: VersionPage,
    errors: [DEPLOYMENT_NOT_FOUND],
  })
  listDeploymentHistory(
    @Param({ schema: DeploymentPath }) { id }: DeploymentPath,
    @Query({ schema: HistoryQuery }) query: HistoryQuery,
  ): Promise<VersionPage> {
    return this.deployments.history(id, query);
  }

  @Get('deployments/:id/history/:version')
  @Endpoint({
    permission: 'deployments:read',
    summary: 'Show a version with what it changes in the configuration and in the files',
    response: VersionDetails,
    errors: [DEPLOYMENT_NOT_FOUND, DEPLOYMENT_VERSION_NOT_FOUND, DEPLOYMENT_CONFIG_OUTDATED],
  })
  getDeploymentVersion(
    @Param({ schema: VersionPath }) { id, version }: VersionPath,
    @Query({ schema: VersionQuery }) { against }: VersionQuery,
  ): Promise<VersionDetails> {
    return this.deployments.version(id, version, against);
  }
}
