import type { ListPlaybookRuns$Params } from '../platform/api/generated/fn/playbooks/list-playbook-runs';
import type { PlaybookRunSummary } from '../platform/api/generated/models/playbook-run-summary';

/** How runs went, as they are filtered by. */
export const RUN_GROUPS = ['active', 'succeeded', 'failed', 'cancelled'] as const;
export type RunGroup = (typeof RUN_GROUPS)[number];

/** What of the runs is shown. All of it stands in the address. */
export interface RunsFilter {
  readonly group: RunGroup | null;
  /** Id or name of a playbook. */
  readonly playbook: string | null;
  readonly serverId: string | null;
}

type State = PlaybookRunSummary['state'];

/** Reads a filter from the address. What makes no sense is left out. */
export function runsFilterFrom({
  state,
  playbook,
  server,
}: {
  readonly state?: string | undefined;
  readonly playbook?: string | undefined;
  readonly server?: string | undefined;
}): RunsFilter {
  return {
    group: RUN_GROUPS.find((group) => group === state) ?? null,
    playbook: playbook === undefined || playbook === '' || playbook.length > 100 ? null : playbook,
    serverId: server !== undefined && /^[0-9a-f-]{36}$/i.test(server) ? server : null,
  };
}

/** The question for the manager. */
export function runsQuery({
  group,
  playbook,
  serverId,
}: RunsFilter): Omit<ListPlaybookRuns$Params, 'cursor' | 'limit'> {
  return {
    ...(group === null ? {} : { state: statesOf(group) }),
    ...(playbook === null ? {} : { playbook }),
    ...(serverId === null ? {} : { server_id: serverId }),
  };
}

function statesOf(group: RunGroup): State[] {
  return group === 'active' ? ['pending', 'running'] : [group];
}
