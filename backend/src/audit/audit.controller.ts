import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '../platform/http/index.js';
import { Endpoint, INVALID_REQUEST } from '../platform/http/index.js';
import { AuditEventPage, auditFilterOf, auditPageView, ListAuditEvents } from './audit.schema.js';
import type { AuditEventView } from './audit.schema.js';
import { AuditService } from './audit.service.js';

/** The audit log for reading; nothing can write it from outside. */
@ApiTags('audit')
@Controller('api/v1/audit-events')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Endpoint({
    permission: 'audit:read',
    summary: 'List who did what, on which object, from where, with what outcome; latest first',
    response: AuditEventPage,
    errors: [INVALID_REQUEST],
  })
  async listAuditEvents(
    @Query({ schema: ListAuditEvents }) query: ListAuditEvents,
  ): Promise<Page<AuditEventView>> {
    return auditPageView(await this.audit.list(auditFilterOf(query), query.limit, query.cursor));
  }
}
