export { AGENTS_ENTITIES } from './agent.entity.js';
export { AgentsModule } from './agents.module.js';
export * from './agents.errors.js';
export { AgentsService } from './agents.service.js';
export type { AdoptedIdentity, AgentIdentity } from './agents.service.js';
