import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { LiveAuthenticator, LiveGateway, LiveRelay, LiveTopics } from '../platform/live/index.js';
import { AuthLiveAuthenticator } from './auth-live-authenticator.js';

/** Permission needed to follow each topic, and its members `<topic>:<id>`. */
const TOPICS = {
  servers: 'servers:read',
  operations: 'operations:read',
  commands: 'commands:read',
  board: 'board:read',
  playbooks: 'playbooks:read',
  playbook_runs: 'playbooks:read',
  deployments: 'deployments:read',
} as const;

/** Live connections: who may open one, and what can be followed on it. */
@Module({
  imports: [AuthModule],
  providers: [
    LiveGateway,
    LiveRelay,
    LiveTopics,
    AuthLiveAuthenticator,
    { provide: LiveAuthenticator, useExisting: AuthLiveAuthenticator },
  ],
})
export class LiveModule implements OnModuleInit {
  constructor(private readonly topics: LiveTopics) {}

  onModuleInit(): void {
    for (const [name, permission] of Object.entries(TOPICS)) {
      this.topics.register(name, permission);
    }
  }
}
