import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { erased, OperationsService } from '../operations/index.js';
import type { AnyOperationDefinition, OperationStep } from '../operations/index.js';
import { AgentHosts } from './agent-hosts.js';
import type { AgentHost } from './agent-host.js';
import { ansibleStep } from './ansible-step.js';
import { DeploymentTool } from './deployment-tool.js';
import { syncToolStep } from './sync-step.js';

/** Types of operations on the deployment tool. */
export const SYNC_DEPLOYMENT_TOOL = 'sync_deployment_tool';
export const INSTALL_ANSIBLE = 'install_ansible';

const Nothing = z.object({});
type Nothing = z.infer<typeof Nothing>;

/** Declares what people may ask for by itself; playbooks and deployments begin with the same steps. */
@Injectable()
export class DeploymentToolOperations implements OnModuleInit {
  constructor(
    private readonly operations: OperationsService,
    private readonly hosts: AgentHosts,
    private readonly tool: DeploymentTool,
  ) {}

  onModuleInit(): void {
    for (const definition of this.definitions()) this.operations.register(definition);
  }

  private definitions(): readonly AnyOperationDefinition[] {
    const sync = syncToolStep<Nothing>({ tool: this.tool });
    return [
      this.define(SYNC_DEPLOYMENT_TOOL, [sync]),
      this.define(INSTALL_ANSIBLE, [sync, ansibleStep()]),
    ];
  }

  private define(
    type: string,
    steps: readonly OperationStep<Nothing, AgentHost>[],
  ): AnyOperationDefinition {
    return erased<Nothing, AgentHost>({
      type,
      params: z.strictObject({}),
      memory: Nothing,
      steps,
      isRequestable: true,
      openSession: ({ serverId }) => this.hosts.open(serverId),
    });
  }
}
