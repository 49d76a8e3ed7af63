export { AgentHost } from './agent-host.js';
export type { HostRunOptions, HostRunResult } from './agent-host.js';
export { AgentHosts } from './agent-hosts.js';
export { DeploymentToolModule } from './deployment-tool.module.js';
export type { HostContext } from './host-command.js';
export type { PlaybookCall, PlaybookFailure, PlaybookOutcome } from './playbook-call.js';
