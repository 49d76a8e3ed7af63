import { Module } from '@nestjs/common';
import { ServersModule } from '../servers/index.js';
import { AgentClients } from './agent-clients.js';
import { AgentsController } from './agents.controller.js';
import { AgentsRepository } from './agents.repository.js';
import { AgentsService } from './agents.service.js';

/** Identities of agents and connections to them. */
@Module({
  imports: [ServersModule],
  controllers: [AgentsController],
  providers: [AgentsRepository, AgentClients, AgentsService],
  exports: [AgentsService],
})
export class AgentsModule {}
