import type { PlaybookRunSummary } from '../platform/api/generated/models/playbook-run-summary';
import type { RunCounts } from '../commands/run-counts';
import type { Formats } from '../platform/time/formats';

/** Something with a beginning and an end; ISO times. */
interface Timed {
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

/** How long something took or has been running, in words; empty before it began. */
export function tookOf(
  { started_at: start, finished_at: end }: Timed,
  now: () => number,
  formats: Formats,
): string {
  if (start === null) return '';
  const until = end === null ? now() : Date.parse(end);
  return formats.duration(Math.max(0, until - Date.parse(start)));
}

/** How the servers of a run stand. */
export function countsOfPlaybookRun({
  servers_total: total,
  by_state: states,
}: Pick<PlaybookRunSummary, 'servers_total' | 'by_state'>): RunCounts {
  const { succeeded = 0, failed = 0, cancelled = 0 } = states;
  return { total, ended: succeeded + failed + cancelled, succeeded, failed, cancelled };
}

/** Names of the first servers, and how many more there are. */
export function namesOf(
  servers: readonly { readonly name: string }[],
  more: (n: number) => string,
): string {
  const names = servers.slice(0, NAMED).map(({ name }) => name);
  const rest = servers.length - names.length;
  return (rest > 0 ? [...names, more(rest)] : names).join(', ');
}

/** Servers named before the rest is counted. */
const NAMED = 6;
