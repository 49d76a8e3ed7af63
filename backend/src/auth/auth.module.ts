import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AuditModule } from '../audit/index.js';
import { ApiTokensController } from './api-tokens.controller.js';
import { ApiTokensRepository } from './api-tokens.repository.js';
import { ApiTokensService } from './api-tokens.service.js';
import { AuthGuard } from './auth.guard.js';
import { AuthenticationService } from './authentication.service.js';
import { BrowserSessions } from './browser-sessions.js';
import { DenialLog } from './denial-log.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordHasher } from './passwords.js';
import { RoutePermissions } from './route-permissions.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SetupCodeRepository } from './setup-code.repository.js';
import { SetupController } from './setup.controller.js';
import { SetupService } from './setup.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Who may use the manager: users, sessions, API tokens, and the guard in front of every route. */
@Module({
  imports: [AuditModule, DiscoveryModule],
  controllers: [SetupController, SessionsController, UsersController, ApiTokensController],
  providers: [
    ApiTokensRepository,
    ApiTokensService,
    AuthenticationService,
    BrowserSessions,
    DenialLog,
    LoginThrottle,
    PasswordHasher,
    RoutePermissions,
    SessionsRepository,
    SessionsService,
    SetupCodeRepository,
    SetupService,
    UsersRepository,
    UsersService,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [AuthenticationService, RoutePermissions, SetupService],
})
export class AuthModule {}
