import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { OperationsModule } from '../operations/index.js';
import { BuiltinPlaybooks } from './builtin-playbooks.js';
import { PlaybookChecksService } from './playbook-checks.service.js';
import { PlaybookNews } from './playbook-news.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import { PlaybooksController } from './playbooks.controller.js';
import { PlaybooksRepository } from './playbooks.repository.js';
import { PlaybooksService } from './playbooks.service.js';

/** Playbooks with their versions, and runs of them on servers. */
@Module({
  imports: [AuditModule, OperationsModule],
  controllers: [PlaybooksController],
  providers: [
    BuiltinPlaybooks,
    PlaybookChecksService,
    PlaybookNews,
    PlaybookRunsRepository,
    PlaybooksRepository,
    PlaybooksService,
  ],
})
export class PlaybooksModule {}
