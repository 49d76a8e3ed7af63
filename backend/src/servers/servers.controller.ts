import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { ServerEditor } from './server-editor.js';
import {
  CONNECTION_MISMATCH,
  SERVER_BEING_REMOVED,
  SERVER_NAME_TAKEN,
  SERVER_NOT_FOUND,
} from './servers.errors.js';
import {
  ServerDetails,
  ServerPage,
  ServerPath,
  ServerQuery,
  TransitionPage,
  TransitionQuery,
  UpdateServer,
} from './servers.schema.js';

/** Managed servers. */
@ApiTags('servers')
@Controller('api/v1/servers')
export class ServersController {
  constructor(private readonly editor: ServerEditor) {}

  @Get()
  @Endpoint({
    permission: 'servers:read',
    summary: 'List servers, sorted by name',
    response: ServerPage,
  })
  listServers(@Query({ schema: ServerQuery }) query: ServerQuery): Promise<ServerPage> {
    return this.editor.list(query);
  }

  @Get(':id')
  @Endpoint({
    permission: 'servers:read',
    summary: 'Show a server',
    response: ServerDetails,
    errors: [SERVER_NOT_FOUND],
  })
  getServer(@Param({ schema: ServerPath }) { id }: ServerPath): Promise<ServerDetails> {
    return this.editor.details(id);
  }

  @Patch(':id')
  @Endpoint({
    permission: 'servers:write',
    summary: 'Change a server',
    response: ServerDetails,
    errors: [SERVER_NOT_FOUND, SERVER_NAME_TAKEN, SERVER_BEING_REMOVED, CONNECTION_MISMATCH],
  })
  updateServer(
    @Param({ schema: ServerPath }) { id }: ServerPath,
    @Body({ schema: UpdateServer }) update: UpdateServer,
    @CurrentActor() actor: Actor,
  ): Promise<ServerDetails> {
    return this.editor.update(id, update, actor);
  }

  @Get(':id/transitions')
  @Endpoint({
    permission: 'servers:read',
    summary: 'List a server’s changes of status, newest first',
    response: TransitionPage,
    errors: [SERVER_NOT_FOUND],
  })
  listServerTransitions(
    @Param({ schema: ServerPath }) { id }: ServerPath,
    @Query({ schema: TransitionQuery }) query: TransitionQuery,
  ): Promise<TransitionPage> {
    return this.editor.transitions(id, query);
  }
}
