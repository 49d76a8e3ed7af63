import type { BoardServer } from '../platform/api/generated/models/board-server';

/** Where a command is to run: servers by hand, or those that have all of some labels. */
export type TargetKind = 'servers' | 'labels';

/** The chosen servers, of those that can run anything: they have an agent. */
export interface Targets {
  readonly servers: readonly BoardServer[];
  /** Chosen, but without an agent. */
  readonly without: readonly BoardServer[];
}

/** The servers chosen by hand. */
export function chosenServers(all: readonly BoardServer[], ids: ReadonlySet<string>): Targets {
  return split(all.filter(({ id }) => ids.has(id)));
}

/** The servers that have all of `labels` (`key=value`); none while there is no label. */
export function labelledServers(all: readonly BoardServer[], labels: ReadonlySet<string>): Targets {
  const wanted = Object.entries(labelRecord(labels));
  if (wanted.length === 0) return { servers: [], without: [] };
  return split(
    all.filter((server) => wanted.every(([key, value]) => server.labels[key] === value)),
  );
}

/** Labels as the manager takes them. */
export function labelRecord(labels: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    [...labels].map((label) => {
      const at = label.indexOf('=');
      return [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}

/** Labels after one was pressed: pressed again it goes, and of one key only one value can hold. */
export function toggledLabel(labels: ReadonlySet<string>, label: string): ReadonlySet<string> {
  if (labels.has(label)) return new Set([...labels].filter((other) => other !== label));
  const key = label.slice(0, label.indexOf('=') + 1);
  return new Set([...[...labels].filter((other) => !other.startsWith(key)), label]);
}

function split(servers: readonly BoardServer[]): Targets {
  return {
    servers: servers.filter(({ agent_version: agent }) => agent !== null),
    without: servers.filter(({ agent_version: agent }) => agent === null),
  };
}
