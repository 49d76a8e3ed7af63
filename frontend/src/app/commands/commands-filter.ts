import type { ListCommands$Params } from '../platform/api/generated/fn/commands/list-commands';
import type { Command } from '../platform/api/generated/models/command';

/** How commands went, as they are filtered by. */
export const COMMAND_GROUPS = ['active', 'succeeded', 'failed', 'cancelled'] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** How far back the list goes; hours. */
export const PERIODS = { '1h': 1, '24h': 24, '7d': 168 } as const;
export type Period = keyof typeof PERIODS;

/** What of the commands is shown. All of it stands in the address. */
export interface CommandFilter {
  readonly group: CommandGroup | null;
  readonly serverId: string | null;
  readonly period: Period | null;
  /** Only those of this person or token. */
  readonly actorId: string | null;
}

type Outcome = NonNullable<Command['outcome']>;

const FAILURES: readonly Outcome[] = ['failed', 'timed_out', 'rejected', 'lost'];
const OPEN: readonly Command['status'][] = ['queued', 'starting', 'running', 'cancelling'];

/** Reads a filter from the address. What makes no sense is left out. */
export function commandFilterFrom(
  params: {
    readonly state?: string | undefined;
    readonly server?: string | undefined;
    readonly since?: string | undefined;
    readonly mine?: string | undefined;
  },
  me: string | null,
): CommandFilter {
  const { state, server, since, mine } = params;
  return {
    group: COMMAND_GROUPS.find((group) => group === state) ?? null,
    serverId: server !== undefined && /^[0-9a-f-]{36}$/i.test(server) ? server : null,
    period: since !== undefined && Object.hasOwn(PERIODS, since) ? (since as Period) : null,
    actorId: mine === '1' ? me : null,
  };
}

/** The question for the manager. `now` in milliseconds since the epoch. */
export function commandsQuery(
  { group, serverId, period, actorId }: CommandFilter,
  now: number,
): Omit<ListCommands$Params, 'cursor'> {
  return {
    ...(group === 'active' ? { status: [...OPEN] } : {}),
    ...(group === null || group === 'active' ? {} : { outcome: [...outcomesOf(group)] }),
    ...(serverId === null ? {} : { server_id: serverId }),
    ...(period === null ? {} : { from: new Date(now - PERIODS[period] * 3_600_000).toISOString() }),
    ...(actorId === null ? {} : { actor_id: actorId }),
  };
}

/** True for a command that belongs to a group. */
export function isInGroup(
  { status, outcome }: Pick<Command, 'status' | 'outcome'>,
  group: CommandGroup | null,
): boolean {
  if (group === null) return true;
  if (group === 'active') return OPEN.includes(status);
  return outcome !== null && outcomesOf(group).includes(outcome);
}

function outcomesOf(group: Exclude<CommandGroup, 'active'>): readonly Outcome[] {
  return group === 'failed' ? FAILURES : [group];
}
