export { CREDENTIALS_ENTITIES } from './credential.entity.js';
export type { SshAuthType } from './credential.entity.js';
export * from './credentials.errors.js';
export { CredentialsModule } from './credentials.module.js';
export { SshAuth, SshUsername, SudoPassword } from './credentials.schema.js';
export type { CredentialInput } from './credentials.schema.js';
export { CredentialsService } from './credentials.service.js';
export type { CredentialSummary, OpenedCredential } from './credentials.service.js';
