import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/index.js';
import { OperationsModule } from '../operations/index.js';
import { AgentHosts } from './agent-hosts.js';
import { DeploymentTool } from './deployment-tool.js';
import { DeploymentToolOperations } from './deployment-tool.operations.js';

/** Drives Ansible on servers through their agents. */
@Module({
  imports: [AgentsModule, OperationsModule],
  providers: [AgentHosts, DeploymentTool, DeploymentToolOperations],
  exports: [AgentHosts, DeploymentTool],
})
export class DeploymentToolModule {}
