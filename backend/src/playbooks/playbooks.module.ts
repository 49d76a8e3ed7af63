import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { DeploymentToolModule } from '../deployment-tool/index.js';
import { OperationsModule } from '../operations/index.js';
import { ServersModule } from '../servers/index.js';
import { BuiltinPlaybooks } from './builtin-playbooks.js';
import { PlaybookChecksService } from './playbook-checks.service.js';
import { PlaybookComparisonsService } from './playbook-comparisons.service.js';
import { PlaybookNews } from './playbook-news.js';
import { PlaybookOperations } from './playbook-operations.js';
import { PlaybookParts } from './playbook-parts.js';
import { PlaybookRunPlanner } from './playbook-run-plan.js';
import { PlaybookRunsController } from './playbook-runs.controller.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import { PlaybookRunsService } from './playbook-runs.service.js';
import { PlaybookRunsUpkeep } from './playbook-runs.upkeep.js';
import { PlaybookTasksRepository } from './playbook-tasks.repository.js';
import { PlaybooksController } from './playbooks.controller.js';
import { PlaybooksRepository } from './playbooks.repository.js';
import { PlaybooksService } from './playbooks.service.js';

/** Playbooks with their versions, and runs of them on servers. */
@Module({
  imports: [AuditModule, DeploymentToolModule, OperationsModule, ServersModule],
  controllers: [PlaybooksController, PlaybookRunsController],
  providers: [
    BuiltinPlaybooks,
    PlaybookChecksService,
    PlaybookComparisonsService,
    PlaybookNews,
    PlaybookOperations,
    PlaybookParts,
    PlaybookRunPlanner,
    PlaybookRunsRepository,
    PlaybookRunsService,
    PlaybookRunsUpkeep,
    PlaybookTasksRepository,
    PlaybooksRepository,
    PlaybooksService,
  ],
})
export class PlaybooksModule {}
