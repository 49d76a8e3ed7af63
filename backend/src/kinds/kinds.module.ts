import { Module } from '@nestjs/common';
import { CaddyModule } from './caddy/caddy.module.js';

/** Every kind of deployment. Each is a folder with a module of its own that registers it. */
@Module({ imports: [CaddyModule] })
export class KindsModule {}
