import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { SERVER_NOT_FOUND } from '../servers/index.js';
import { AGENT_NOT_INSTALLED } from './agents.errors.js';
import { AgentDescription, AgentParams } from './agents.schema.js';
import { AgentsService } from './agents.service.js';

/** What is known of a server's agent. */
@ApiTags('servers')
@Controller('api/v1/servers/:id/agent')
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @Get()
  @Endpoint({
    permission: 'servers:read',
    summary: 'The agent of a server',
    response: AgentDescription,
    errors: [SERVER_NOT_FOUND, AGENT_NOT_INSTALLED],
  })
  getAgent(@Param({ schema: AgentParams }) { id }: AgentParams): Promise<AgentDescription> {
    return this.agents.describe(id);
  }
}
