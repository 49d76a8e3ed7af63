import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DeploymentKinds, DeploymentsModule } from '../../deployments/index.js';
import { caddyKind } from './caddy.kind.js';

/** Makes the kind Caddy known. */
@Module({ imports: [DeploymentsModule] })
export class CaddyModule implements OnModuleInit {
  constructor(private readonly kinds: DeploymentKinds) {}

  onModuleInit(): void {
    this.kinds.register(caddyKind);
  }
}
