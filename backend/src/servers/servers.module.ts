import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { CredentialsModule } from '../credentials/index.js';
import { RemovalObjections } from './removal-objections.js';
import { ServerEditor } from './server-editor.js';
import { ServerLogins } from './server-logins.js';
import { ServersController } from './servers.controller.js';
import { ServersRepository } from './servers.repository.js';
import { ServersService } from './servers.service.js';

/** Managed servers: their records, logins, status and history. */
@Module({
  imports: [AuditModule, CredentialsModule],
  controllers: [ServersController],
  providers: [ServersRepository, ServersService, ServerLogins, ServerEditor, RemovalObjections],
  exports: [ServersService, ServerLogins, ServerEditor, RemovalObjections],
})
export class ServersModule {}
