import { ApiToken } from './api-token.entity.js';
import { Session } from './session.entity.js';
import { User } from './user.entity.js';

export { ApiTokensRepository } from './api-tokens.repository.js';
export { ApiTokensService, TOKEN_DAYS } from './api-tokens.service.js';
export * from './auth.errors.js';
export { AuthModule } from './auth.module.js';
export { ApiTokenName, Login } from './auth.schema.js';
export { AuthenticationService } from './authentication.service.js';
export type { Authentication, AuthenticationOptions } from './authentication.service.js';
export type { ClientOrigin, IncomingRequest } from './client-origin.js';
export { LoginThrottle } from './login-throttle.js';
export { PasswordHasher } from './passwords.js';
export { permits, ROLES } from './roles.js';
export type { Role } from './roles.js';
export { RoutePermissions } from './route-permissions.js';
export type { RoutePermission } from './route-permissions.js';
export type { RequestSource } from './same-origin.js';
export { SessionsRepository } from './sessions.repository.js';
export { SetupService } from './setup.service.js';
export { UsersRepository } from './users.repository.js';
export { UsersService } from './users.service.js';

/** Tables of this feature that have an entity. */
export const AUTH_ENTITIES = [User, Session, ApiToken];
