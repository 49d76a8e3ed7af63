import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DeploymentKinds, DeploymentsModule } from '../../deployments/index.js';
import { nodeExporterKind } from './node-exporter.kind.js';

/** Makes the node exporter known. */
@Module({ imports: [DeploymentsModule] })
export class NodeExporterModule implements OnModuleInit {
  constructor(private readonly kinds: DeploymentKinds) {}

  onModuleInit(): void {
    this.kinds.register(nodeExporterKind);
  }
}
