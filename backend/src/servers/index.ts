export {
  CAUSE_LAYERS,
  LOCAL_HOST,
  Server,
  SERVER_CONNECTIONS,
  SERVER_STATUSES,
  SERVERS_ENTITIES,
} from './server.entity.js';
export type {
  CauseLayer,
  JumpHost,
  ServerConnection,
  ServerFacts,
  ServerStatus,
  StatusCause,
} from './server.entity.js';
export * from './servers.errors.js';
export { RemovalObjections } from './removal-objections.js';
export { ServersModule } from './servers.module.js';
export type { ServerChanges, ServerFilter } from './servers.repository.js';
export { ServersService } from './servers.service.js';
export type { NewServer, StatusChange } from './servers.service.js';
export { ServerEditor } from './server-editor.js';
export { ServerLogins } from './server-logins.js';
export type { LoginDescription } from './server-logins.js';
export { Labels, ServerDetails, ServerName, ServerPath } from './servers.schema.js';
export { Host, HostKeyFingerprint, JumpHostLogin, Port, SshLogin } from './ssh-login.schema.js';
