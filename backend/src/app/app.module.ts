import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AgentsModule } from '../agents/index.js';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { CommandsModule } from '../commands/index.js';
import { CredentialsModule } from '../credentials/index.js';
import { DeploymentToolModule } from '../deployment-tool/index.js';
import { HealthModule } from '../health/index.js';
import { InstallationModule } from '../installation/index.js';
import { KindsModule } from '../kinds/index.js';
import { LiveModule } from '../live/index.js';
import { OperationsModule } from '../operations/index.js';
import { PlaybooksModule } from '../playbooks/index.js';
import { ServersModule } from '../servers/index.js';
import { CertificateRenewal } from './certificate-renewal.js';
import { PlatformModule } from './platform.module.js';
import { Readiness } from './readiness.js';
import type { Resources } from './resources.js';
import { SystemController } from './system.controller.js';
import { SystemInformationService } from './system-information.service.js';

/** The whole manager: every feature over the opened resources. */
@Module({})
export class AppModule {
  /** The application over resources that are open already. */
  static over(resources: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        PlatformModule.over(resources),
        AuditModule,
        AuthModule,
        CredentialsModule,
        ServersModule,
        AgentsModule,
        OperationsModule,
        InstallationModule,
        HealthModule,
        CommandsModule,
        DeploymentToolModule,
        KindsModule,
        PlaybooksModule,
        LiveModule,
      ],
      controllers: [SystemController],
      providers: [Readiness, CertificateRenewal, SystemInformationService],
    };
  }
}
