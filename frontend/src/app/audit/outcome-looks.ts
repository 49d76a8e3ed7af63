import type { AuditEvent } from '../platform/api/generated/models/audit-event';
import type { StatusLook } from '../ui/status';

/** How outcomes of actions are shown. */
export const OUTCOME_LOOKS: Readonly<Record<AuditEvent['outcome'], StatusLook>> = {
  success: { tone: 'ok', icon: 'circle-check', label: 'audit.success' },
  failure: { tone: 'bad', icon: 'circle-x', label: 'audit.failure' },
  denied: { tone: 'warn', icon: 'ban', label: 'audit.denied' },
};
