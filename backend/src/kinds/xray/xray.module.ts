import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { AuthModule } from '../../auth/index.js';
import { DeploymentToolModule } from '../../deployment-tool/index.js';
import { DeploymentKinds, DeploymentsModule } from '../../deployments/index.js';
import { ServersModule } from '../../servers/index.js';
import { RealityScans } from './reality-scans.service.js';
import { ReleaseStore } from './release-store.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import { Subscriptions } from './subscriptions.service.js';
import { TrafficReader } from './traffic-reader.js';
import { TrafficRepository } from './traffic.repository.js';
import { XrayClients } from './xray-clients.service.js';
import { XrayDeployments } from './xray-deployments.js';
import { xrayKind } from './xray-kind.js';
import { XrayController } from './xray.controller.js';

/** Makes the kind Xray known, with its clients, subscriptions and traffic counters. */
@Module({
  imports: [AuditModule, AuthModule, DeploymentToolModule, DeploymentsModule, ServersModule],
  controllers: [XrayController, SubscriptionsController],
  providers: [
    ReleaseStore,
    RealityScans,
    Subscriptions,
    SubscriptionsRepository,
    TrafficReader,
    TrafficRepository,
    XrayClients,
    XrayDeployments,
  ],
})
export class XrayModule implements OnModuleInit {
  constructor(
    private readonly kinds: DeploymentKinds,
    private readonly releases: ReleaseStore,
  ) {}

  onModuleInit(): void {
    this.kinds.register(xrayKind(this.releases));
  }
}
