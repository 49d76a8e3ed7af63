import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/index.js';
import { AuditModule } from '../audit/index.js';
import { ServersModule } from '../servers/index.js';
import { CommandDispatcher } from './command-dispatcher.js';
import { CommandNews } from './command-news.js';
import { CommandsApi } from './commands.api.js';
import { CommandsController } from './commands.controller.js';
import { CommandsRepository } from './commands.repository.js';
import { CommandsService } from './commands.service.js';
import { CommandsUpkeep } from './commands.upkeep.js';
import { ExecutionRepository } from './execution.repository.js';
import { ExecutionTools } from './execution-tools.js';
import { InputsRepository } from './inputs.repository.js';
import { OutputRepository } from './output.repository.js';
import { OutputResponder } from './output.responder.js';
import { OutputService } from './output.service.js';
import { RecentOutput } from './recent-output.js';
import { RetentionRepository } from './retention.repository.js';
import { RunsController } from './runs.controller.js';
import { RunsRepository } from './runs.repository.js';
import { RunsService } from './runs.service.js';

/** Commands on servers, runs over many servers, and their output. */
@Module({
  imports: [AgentsModule, AuditModule, ServersModule],
  controllers: [CommandsController, RunsController],
  providers: [
    CommandDispatcher,
    CommandNews,
    CommandsApi,
    CommandsRepository,
    CommandsService,
    CommandsUpkeep,
    ExecutionRepository,
    ExecutionTools,
    InputsRepository,
    OutputRepository,
    OutputResponder,
    OutputService,
    RecentOutput,
    RetentionRepository,
    RunsRepository,
    RunsService,
  ],
  exports: [CommandsService],
})
export class CommandsModule {}
