import { Module } from '@nestjs/common';
import { CaddyModule } from './caddy/caddy.module.js';
import { NodeExporterModule } from './node_exporter/node-exporter.module.js';
import { XrayModule } from './xray/xray.module.js';

/** Every kind of deployment. Each is a folder with a module of its own that registers it. */
@Module({ imports: [CaddyModule, NodeExporterModule, XrayModule] })
export class KindsModule {}
