import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, SERVER_NOT_FOUND } from '../servers/index.js';
import {
  CANCEL_PENDING,
  COMMAND_NOT_FOUND,
  COMMAND_TOO_LARGE,
  IDEMPOTENCY_KEY_REUSED,
  OUTPUT_OUT_OF_RANGE,
} from './commands.errors.js';
import { CommandsApi } from './commands.api.js';
import {
  CancelCommand,
  CancelReport,
  CommandDescription,
  CommandPage,
  CommandsQuery,
  CreateCommand,
  IdParams,
  OutputQuery,
  WaitQuery,
} from './commands.schema.js';
import { CommandsService } from './commands.service.js';
import { OutputResponder } from './output.responder.js';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key with the same request is accepted once; 1-255 visible characters',
} as const;

/** Commands on servers, and their output. */
@ApiTags('commands')
@Controller('api/v1')
export class CommandsController {
  constructor(
    private readonly commands: CommandsService,
    private readonly api: CommandsApi,
    private readonly responder: OutputResponder,
  ) {}

  @Post('servers/:id/commands')
  @ApiHeader(IDEMPOTENCY_KEY)
  @Endpoint({
    permission: 'commands:run',
    summary: 'Execute a program or script on a server',
    status: 202,
    response: CommandDescription,
    errors: [SERVER_NOT_FOUND, SERVER_BEING_REMOVED, COMMAND_TOO_LARGE, IDEMPOTENCY_KEY_REUSED],
  })
  createCommand(
    @Param({ schema: IdParams }) { id }: IdParams,
    @Query({ schema: WaitQuery }) { wait }: WaitQuery,
    @Body({ schema: CreateCommand }) body: CreateCommand,
    @CurrentActor() actor: Actor,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CommandDescription> {
    return this.api.create(id, body, actor, { key, wait, response });
  }

  @Get('commands')
  @Endpoint({
    permission: 'commands:read',
    summary: 'Commands, newest first',
    response: CommandPage,
  })
  listCommands(@Query({ schema: CommandsQuery }) query: CommandsQuery): Promise<CommandPage> {
    return this.commands.list(query);
  }

  @Get('commands/:id')
  @Endpoint({
    permission: 'commands:read',
    summary: 'One command',
    response: CommandDescription,
    errors: [COMMAND_NOT_FOUND],
  })
  getCommand(
    @Param({ schema: IdParams }) { id }: IdParams,
    @Query({ schema: WaitQuery }) { wait }: WaitQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CommandDescription> {
    return this.api.get(id, { wait, response });
  }

  @Get('commands/:id/output')
  @Endpoint({
    permission: 'commands:read',
    summary: 'Bytes of an output stream',
    produces: 'application/octet-stream',
    errors: [COMMAND_NOT_FOUND, OUTPUT_OUT_OF_RANGE],
  })
  getCommandOutput(
    @Param({ schema: IdParams }) { id }: IdParams,
    @Query({ schema: OutputQuery }) query: OutputQuery,
    @Res() response: Response,
  ): Promise<void> {
    return this.responder.respond(id, query, response);
  }

  @Post('commands/:id/cancel')
  @Endpoint({
    permission: 'commands:run',
    summary: 'End a command with its whole process tree',
    status: 200,
    response: CancelReport,
    errors: [COMMAND_NOT_FOUND, CANCEL_PENDING],
  })
  cancelCommand(
    @Param({ schema: IdParams }) { id }: IdParams,
    @Body({ schema: CancelCommand }) body: CancelCommand,
    @CurrentActor() actor: Actor,
  ): Promise<CancelReport> {
    return this.commands.cancel(id, body.grace_seconds, actor);
  }
}
