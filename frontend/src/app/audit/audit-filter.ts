import type { ListAuditEvents$Params } from '../platform/api/generated/fn/audit/list-audit-events';
import type { AuditEvent } from '../platform/api/generated/models/audit-event';

/** Which events of the audit log are shown. All of it stands in the address. */
export interface AuditFilter {
  readonly actor: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly outcome: AuditEvent['outcome'] | null;
  /** Days as `2026-11-20`, both included, in the time zone of the browser. */
  readonly from: string;
  readonly to: string;
}

/** Outcomes an event can have. */
export const OUTCOMES = ['success', 'failure', 'denied'] as const;

/** What of the address makes a filter. */
export type AuditParams = Readonly<
  Partial<Record<'actor' | 'action' | 'type' | 'object' | 'outcome' | 'from' | 'to', string>>
>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads a filter from the address. What makes no sense is left out. */
export function auditFilterFrom(params: AuditParams): AuditFilter {
  const { actor = '', action = '', type = '', object = '', outcome, from = '', to = '' } = params;
  return {
    actor,
    action,
    objectType: type,
    objectId: object,
    outcome: OUTCOMES.find((known) => known === outcome) ?? null,
    from: DAY.test(from) ? from : '',
    to: DAY.test(to) ? to : '',
  };
}

/** True when the filter hides something. */
export function isNarrow(filter: AuditFilter): boolean {
  return Object.values(filter).some((value) => value !== '' && value !== null);
}

/** The question for the manager: days become moments, the last day is included. */
export function auditQuery(filter: AuditFilter): Omit<ListAuditEvents$Params, 'cursor' | 'limit'> {
  const { actor, action, objectType, objectId, outcome, from, to } = filter;
  return {
    ...(actor === '' ? {} : { actor }),
    ...(action === '' ? {} : { action }),
    ...(objectType === '' ? {} : { object_type: objectType }),
    ...(objectId === '' ? {} : { object_id: objectId }),
    ...(outcome === null ? {} : { outcome }),
    ...(from === '' ? {} : { from: startOf(from, 0) }),
    ...(to === '' ? {} : { to: startOf(to, 1) }),
  };
}

/** The first moment of a day, or of the day `plus` days later. */
function startOf(day: string, plus: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plus).toISOString();
}
