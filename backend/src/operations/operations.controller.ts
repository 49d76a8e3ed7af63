import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, SERVER_NOT_FOUND } from '../servers/index.js';
import {
  OPERATION_NOT_FOUND,
  OPERATION_STATE_CONFLICT,
  OPERATION_WITHOUT_SERVER,
  TOO_MANY_OPERATIONS,
  UNKNOWN_OPERATION_TYPE,
} from './operations.errors.js';
import {
  detailsOf,
  logOf,
  OperationDetails,
  OperationLog,
  OperationLogQuery,
  OperationPage,
  OperationPath,
  OperationQuery,
  RequestOperation,
  ServerOperationQuery,
  summaryOf,
} from './operations.schema.js';
import { OperationsService } from './operations.service.js';

/** Long jobs on servers. */
@ApiTags('operations')
@Controller('api/v1')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Get('operations')
  @Endpoint({
    permission: 'operations:read',
    summary: 'List operations, newest first',
    response: OperationPage,
  })
  async listOperations(
    @Query({ schema: OperationQuery }) query: OperationQuery,
  ): Promise<OperationPage> {
    const { limit, cursor, server_id: serverId, type, state, batch_id: batchId } = query;
    const page = await this.operations.list({ serverId, type, state, batchId }, limit, cursor);
    return { ...page, items: page.items.map(summaryOf) };
  }

  @Get('operations/:id')
  @Endpoint({
    permission: 'operations:read',
    summary: 'Show an operation with its steps',
    response: OperationDetails,
    errors: [OPERATION_NOT_FOUND],
  })
  async getOperation(
    @Param({ schema: OperationPath }) { id }: OperationPath,
  ): Promise<OperationDetails> {
    return detailsOf(await this.operations.get(id));
  }

  @Get('operations/:id/log')
  @Endpoint({
    permission: 'operations:read',
    summary: 'Read the log of an operation',
    response: OperationLog,
    errors: [OPERATION_NOT_FOUND],
  })
  async getOperationLog(
    @Param({ schema: OperationPath }) { id }: OperationPath,
    @Query({ schema: OperationLogQuery }) { after, limit }: OperationLogQuery,
  ): Promise<OperationLog> {
    return logOf(await this.operations.log(id, after, limit), after);
  }

  @Post('operations/:id/cancel')
  @Endpoint({
    permission: 'operations:run',
    summary: 'Cancel an operation: what it did is undone',
    response: OperationDetails,
    status: 202,
    errors: [OPERATION_NOT_FOUND, OPERATION_STATE_CONFLICT],
  })
  async cancelOperation(
    @Param({ schema: OperationPath }) { id }: OperationPath,
    @CurrentActor() actor: Actor,
  ): Promise<OperationDetails> {
    return detailsOf(await this.operations.cancel(id, actor));
  }

  @Post('operations/:id/retry')
  @Endpoint({
    permission: 'operations:run',
    summary: 'Retry a failed or cancelled operation from its first step that is not done',
    response: OperationDetails,
    status: 202,
    errors: [OPERATION_NOT_FOUND, OPERATION_STATE_CONFLICT, OPERATION_WITHOUT_SERVER],
  })
  async retryOperation(
    @Param({ schema: OperationPath }) { id }: OperationPath,
    @CurrentActor() actor: Actor,
  ): Promise<OperationDetails> {
    return detailsOf(await this.operations.retry(id, actor));
  }

  @Post('operations/:id/cleanup')
  @Endpoint({
    permission: 'operations:run',
    summary: 'Try now to remove what a failed operation left behind',
    response: OperationDetails,
    status: 202,
    errors: [OPERATION_NOT_FOUND, OPERATION_STATE_CONFLICT, OPERATION_WITHOUT_SERVER],
  })
  async cleanUpOperation(
    @Param({ schema: OperationPath }) { id }: OperationPath,
    @CurrentActor() actor: Actor,
  ): Promise<OperationDetails> {
    return detailsOf(await this.operations.cleanUp(id, actor));
  }

  @Get('servers/:id/operations')
  @Endpoint({
    permission: 'operations:read',
    summary: 'List the operations of a server, newest first',
    response: OperationPage,
    errors: [SERVER_NOT_FOUND],
  })
  async listServerOperations(
    @Param({ schema: OperationPath }) { id }: OperationPath,
    @Query({ schema: ServerOperationQuery }) { limit, cursor }: ServerOperationQuery,
  ): Promise<OperationPage> {
    const page = await this.operations.listOfServer(id, limit, cursor);
    return { ...page, items: page.items.map(summaryOf) };
  }

  @Post('servers/:id/operations')
  @Endpoint({
    permission: 'operations:run',
    summary: 'Ask for an operation on a server',
    response: OperationDetails,
    status: 202,
    errors: [SERVER_NOT_FOUND, SERVER_BEING_REMOVED, UNKNOWN_OPERATION_TYPE, TOO_MANY_OPERATIONS],
  })
  async requestOperation(
    @Param({ schema: OperationPath }) { id }: OperationPath,
    @Body({ schema: RequestOperation }) { type, params }: RequestOperation,
    @CurrentActor() actor: Actor,
  ): Promise<OperationDetails> {
    return detailsOf(await this.operations.accept({ type, params, serverId: id, actor }));
  }
}
