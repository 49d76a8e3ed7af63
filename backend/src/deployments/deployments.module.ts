import { Module } from '@nestjs/common';
import { DeploymentKinds } from './deployment-kinds.js';

/** Services that the manager has put on servers. Knows no kind of them: kinds register themselves. */
@Module({ providers: [DeploymentKinds], exports: [DeploymentKinds] })
export class DeploymentsModule {}
