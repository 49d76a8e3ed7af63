import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import type { Page } from '../platform/http/index.js';
import { AUDIT_OUTCOMES } from './audit-event.entity.js';
import type { AuditFilter, LinkedAudit } from './audit.repository.js';

const filterText = z.string().min(1).max(256).optional();

/** Filters of the audit log; all given ones must hold. */
export const ListAuditEvents = z.strictObject({
  actor: filterText.describe('Id or name of the actor'),
  action: filterText.describe('Such as server.create'),
  object_type: filterText.describe('Such as server'),
  object_id: filterText,
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  correlation_id: filterText,
  from: z.iso.datetime({ offset: true }).optional().describe('Events at or after this time'),
  to: z.iso.datetime({ offset: true }).optional().describe('Events before this time'),
  ...pageFields,
});
export type ListAuditEvents = z.infer<typeof ListAuditEvents>;

/** An audited action as the API shows it. */
export const AuditEventView = z
  .object({
    id: z.uuid(),
    seq: z.int().describe('Number in the order of the commits, without gaps'),
    at: z.iso.datetime(),
    actor: z.object({
      kind: z.string().describe('user, token, cli, system or anonymous'),
      id: z.string(),
      name: z.string(),
      role: z.string(),
    }),
    address: z.string().nullable().describe('Address of the client'),
    correlation_id: z.string(),
    action: z.string(),
    object: z
      .object({ type: z.string(), id: z.string(), name: z.string().nullable() })
      .nullable()
      .describe('What was acted on'),
    outcome: z.enum(AUDIT_OUTCOMES),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEventView = z.infer<typeof AuditEventView>;

/** A page of the audit log. */
export const AuditEventPage = pageOf(AuditEventView).meta({ id: 'AuditEventPage' });

/** The filter in the words of the repository. */
export function auditFilterOf(query: ListAuditEvents): AuditFilter {
  return {
    actor: query.actor,
    action: query.action,
    objectType: query.object_type,
    objectId: query.object_id,
    outcome: query.outcome,
    correlationId: query.correlation_id,
    from: query.from === undefined ? undefined : new Date(query.from),
    to: query.to === undefined ? undefined : new Date(query.to),
  };
}

/** The page as the API shows it. */
export function auditPageView(page: Page<LinkedAudit>): Page<AuditEventView> {
  return { items: page.items.map(auditEventView), next_cursor: page.next_cursor };
}

function auditEventView({ seq, event }: LinkedAudit): AuditEventView {
  const { actorKind: kind, actorId: id, actorName: name, actorRole: role } = event;
  return {
    id: event.id,
    seq: Number(seq),
    at: event.at.toISOString(),
    actor: { kind, id, name, role },
    address: event.address,
    correlation_id: event.correlationId,
    action: event.action,
    object:
      event.objectType === null || event.objectId === null
        ? null
        : { type: event.objectType, id: event.objectId, name: event.objectName },
    outcome: event.outcome,
    details: { ...event.details },
  };
}
