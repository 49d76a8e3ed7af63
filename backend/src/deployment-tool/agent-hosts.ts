import { Injectable } from '@nestjs/common';
import { AgentsService } from '../agents/index.js';
import { AgentHost } from './agent-host.js';

/** Opens servers for the steps of operations. */
@Injectable()
export class AgentHosts {
  constructor(private readonly agents: AgentsService) {}

  /** A server by its id. Fails and waits for nothing; the first call of a step finds out. */
  open(serverId: string): AgentHost {
    return new AgentHost(serverId, () => this.agents.client(serverId));
  }
}
