import { Module } from '@nestjs/common';
import { AuditWatch } from './audit-watch.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { AuditVerifier } from './audit-verifier.js';

/** The append-only log of every action. */
@Module({
  controllers: [AuditController],
  providers: [AuditRepository, AuditService, AuditVerifier, AuditWatch],
  exports: [AuditService, AuditVerifier],
})
export class AuditModule {}
