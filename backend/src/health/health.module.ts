import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/index.js';
import { ServersModule } from '../servers/index.js';
import { BoardController } from './board.controller.js';
import { BoardFeed } from './board-feed.js';
import { BoardRepository } from './board.repository.js';
import { BoardService } from './board.service.js';
import { EventFollowers } from './event-followers.js';
import { HeartbeatScheduler } from './heartbeat.scheduler.js';
import { HeartbeatService } from './heartbeat.service.js';
import { HeartbeatsRepository } from './heartbeats.repository.js';
import { ManagerInstances } from './manager-instances.js';
import { ManagerNetwork } from './manager-network.js';

/**
 * Heartbeats, events of agents, and the health board. An {@link AutoRepair} is used when the application
 * provides one globally.
 */
@Module({
  imports: [AgentsModule, ServersModule],
  controllers: [BoardController],
  providers: [
    BoardFeed,
    BoardRepository,
    BoardService,
    EventFollowers,
    HeartbeatScheduler,
    HeartbeatService,
    HeartbeatsRepository,
    ManagerInstances,
    ManagerNetwork,
  ],
})
export class HealthModule {}
