import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_NOT_FOUND } from '../servers/index.js';
import { CommandsApi } from './commands.api.js';
import {
  COMMAND_TOO_LARGE,
  IDEMPOTENCY_KEY_REUSED,
  NO_SERVER_SELECTED,
  RUN_NOT_FOUND,
} from './commands.errors.js';
import { CancelCommand, CreateRun, IdParams } from './commands.schema.js';
import { RunCancelReport, RunDescription, RunPage, RunsQuery } from './runs.schema.js';
import { RunsService } from './runs.service.js';

/** The same command on many servers. */
@ApiTags('commands')
@Controller('api/v1/runs')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly api: CommandsApi,
  ) {}

  @Post()
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key with the same request is accepted once; 1-255 visible characters',
  })
  @Endpoint({
    permission: 'commands:run',
    summary: 'Execute the same program or script on many servers',
    status: 202,
    response: RunDescription,
    errors: [SERVER_NOT_FOUND, NO_SERVER_SELECTED, COMMAND_TOO_LARGE, IDEMPOTENCY_KEY_REUSED],
  })
  createRun(
    @Body({ schema: CreateRun }) body: CreateRun,
    @CurrentActor() actor: Actor,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<RunDescription> {
    return this.api.createRun(body, actor, key);
  }

  @Get()
  @Endpoint({ permission: 'commands:read', summary: 'Runs, newest first', response: RunPage })
  listRuns(@Query({ schema: RunsQuery }) query: RunsQuery): Promise<RunPage> {
    return this.runs.list(query);
  }

  @Get(':id')
  @Endpoint({
    permission: 'commands:read',
    summary: 'One run, with counts of its commands',
    response: RunDescription,
    errors: [RUN_NOT_FOUND],
  })
  getRun(@Param({ schema: IdParams }) { id }: IdParams): Promise<RunDescription> {
    return this.runs.get(id);
  }

  @Post(':id/cancel')
  @Endpoint({
    permission: 'commands:run',
    summary: 'Cancel what has not ended of a run',
    status: 200,
    response: RunCancelReport,
    errors: [RUN_NOT_FOUND],
  })
  cancelRun(
    @Param({ schema: IdParams }) { id }: IdParams,
    @Body({ schema: CancelCommand }) body: CancelCommand,
    @CurrentActor() actor: Actor,
  ): Promise<RunCancelReport> {
    return this.runs.cancel(id, body.grace_seconds, actor);
  }
}
