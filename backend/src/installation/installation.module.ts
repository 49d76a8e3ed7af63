import { Global, Module } from '@nestjs/common';
import { AgentsModule } from '../agents/index.js';
import { AuditModule } from '../audit/index.js';
import { AutoRepair } from '../health/index.js';
import { OperationsModule } from '../operations/index.js';
import { ServersModule } from '../servers/index.js';
import { AgentArtefacts } from './agent-artefacts.js';
import { AgentRepairer } from './agent-repairer.js';
import { InstallParts } from './install-parts.js';
import { InstallationController } from './installation.controller.js';
import { InstallationOperations } from './installation.operations.js';
import { ServerAccess } from './server-access.js';
import { ServerEnrolment } from './server-enrolment.js';
import { ServerRemover } from './server-removal.js';
import { ServerTrust } from './server-trust.js';

/** Puts agents on servers and takes them away. Global because it provides {@link AutoRepair} to the heartbeats. */
@Global()
@Module({
  imports: [AuditModule, ServersModule, AgentsModule, OperationsModule],
  controllers: [InstallationController],
  providers: [
    AgentArtefacts,
    ServerAccess,
    InstallParts,
    InstallationOperations,
    ServerEnrolment,
    ServerRemover,
    ServerTrust,
    AgentRepairer,
    { provide: AutoRepair, useExisting: AgentRepairer },
  ],
  exports: [AutoRepair],
})
export class InstallationModule {}
