import type { AuditEvent } from '../platform/api/generated/models/audit-event';

/** How a log is written to a file. */
export type ExportFormat = 'csv' | 'json';

const COLUMNS: readonly (readonly [string, (event: AuditEvent) => string])[] = [
  ['seq', ({ seq }) => String(seq)],
  ['at', ({ at }) => at],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_id', ({ actor }) => actor.id],
  ['actor_name', ({ actor }) => actor.name],
  ['actor_role', ({ actor }) => actor.role],
  ['address', ({ address }) => address ?? ''],
  ['action', ({ action }) => action],
  ['object_type', (event) => objectOf(event)?.type ?? ''],
  ['object_id', (event) => objectOf(event)?.id ?? ''],
  ['object_name', (event) => objectOf(event)?.name ?? ''],
  ['outcome', ({ outcome }) => outcome],
  ['correlation_id', ({ correlation_id: id }) => id],
  ['details', ({ details }) => JSON.stringify(details)],
];

/** Events as text of a file: RFC 4180 for tables, one JSON array for programs. */
export function exportText(events: readonly AuditEvent[], format: ExportFormat): string {
  if (format === 'json') return `${JSON.stringify(events, null, 2)}\n`;
  const head = COLUMNS.map(([name]) => name).join(',');
  const rows = events.map((event) => COLUMNS.map(([, read]) => cell(read(event))).join(','));
  return [head, ...rows, ''].join('\r\n');
}

/** The object of an event; the document says it is always there, but some actions have none. */
export function objectOf(event: AuditEvent): AuditEvent['object'] | null {
  return event.object;
}

/**
 * A cell that a spreadsheet shows and never runs: text that would be a formula gets a quote before it
 * (OWASP, CSV injection).
 */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
