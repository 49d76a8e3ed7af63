import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ServersModule } from '../servers/index.js';
import { OperationNews } from './operation-news.js';
import { OperationsController } from './operations.controller.js';
import { OperationEngine } from './operations.engine.js';
import { OperationsJobs, OperationsQueue } from './operations.jobs.js';
import { OperationsRepository } from './operations.repository.js';
import { OperationsService } from './operations.service.js';

/** Long jobs of several steps on servers: accepted, worked on, resumed, undone. */
@Module({
  imports: [AuditModule, ServersModule],
  controllers: [OperationsController],
  providers: [
    OperationsRepository,
    OperationNews,
    OperationEngine,
    OperationsQueue,
    OperationsJobs,
    OperationsService,
  ],
  exports: [OperationsService],
})
export class OperationsModule {}
