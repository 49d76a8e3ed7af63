import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/index.js';
import { OperationsModule } from '../operations/index.js';
import { AgentHosts } from './agent-hosts.js';

/** Drives Ansible on servers through their agents. */
@Module({
  imports: [AgentsModule, OperationsModule],
  providers: [AgentHosts],
  exports: [AgentHosts],
})
export class DeploymentToolModule {}
