import type { AuditEvent } from '../platform/api/generated/models/audit-event';
import type { Translate } from '../platform/i18n/i18n';
import { formatCommandLine } from '../commands/command-line';
import { operationTitle } from '../operations/operation-words';
import { objectOf } from './audit-export';

/** What an event is about, as far as it says: a name where there is one, what was run where there is none. */
export function objectName(event: AuditEvent, t: Translate): string {
  const about = objectOf(event);
  if (about === null) return denied(event) ?? '–';
  const { details } = event;
  if (about.type === 'command' || about.type === 'run') return commandLine(details, t) ?? about.id;
  if (about.type === 'operation') {
    const server = typeof details.server_name === 'string' ? ` · ${details.server_name}` : '';
    return `${operationTitle(t, about.name ?? about.type)}${server}`;
  }
  return about.name ?? `${about.type} ${about.id.slice(0, 8)}`;
}

function commandLine(details: AuditEvent['details'], t: Translate): string | null {
  const {
    command,
    arguments: args,
    script_bytes: script,
  } = details as Readonly<Record<string, unknown>>;
  if (typeof command !== 'string') return null;
  if (typeof script === 'number') return t('run.scriptOf', { interpreter: command });
  const words = Array.isArray(args) ? args.filter((word) => typeof word === 'string') : [];
  return formatCommandLine([command, ...words]);
}

/** A refused request names what was asked for. */
function denied({ details }: AuditEvent): string | null {
  const { method, path } = details as { method?: unknown; path?: unknown };
  return typeof method === 'string' && typeof path === 'string' ? `${method} ${path}` : null;
}
