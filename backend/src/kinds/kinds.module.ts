import { Module } from '@nestjs/common';
import { DeploymentsModule } from '../deployments/index.js';

/** Every kind of deployment. Each is a folder with a module of its own that registers it. */
@Module({ imports: [DeploymentsModule] })
export class KindsModule {}
