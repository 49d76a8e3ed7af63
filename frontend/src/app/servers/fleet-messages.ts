import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { Figures } from '../platform/api/generated/models/figures';
import type { ServerDetails } from '../platform/api/generated/models/server-details';

/** What news about a server tell of it. */
export function changedFields(data: Readonly<Record<string, unknown>>): Partial<BoardServer> {
  const { name, status, status_cause, status_since } = data as unknown as BoardServer;
  return { name, status, status_cause, status_since };
}

/** A server's place on the board from its details, keeping what only the board tells. */
export function fromDetails(details: ServerDetails, before: BoardServer | undefined): BoardServer {
  const { id, name, host, connection, labels, status, status_cause, status_since } = details;
  const { agent_version, os, last_heartbeat_at } = details;
  return {
    ...{ id, name, host, connection, labels, status, status_cause, status_since },
    ...{ agent_version, os, last_heartbeat_at },
    latency_ms: before?.latency_ms ?? null,
    clock_skew_ms: before?.clock_skew_ms ?? null,
    // After an uninstallation there are none, whatever was known before.
    figures: agent_version === null ? null : (before?.figures ?? figuresOf(details)),
  };
}

/** The figures in a server's last vitals. */
function figuresOf({ vitals }: ServerDetails): Figures | null {
  if (vitals === null) return null;
  const { memory, swap, network, disks } = vitals;
  const used = disks.map((disk) => usedPercent(disk.total_bytes, disk.available_bytes));
  const filled = used.filter((percent) => percent !== null);
  return {
    uptime_seconds: vitals.uptime_seconds,
    load_1: vitals.load[0] ?? 0,
    cpu_percent: vitals.cpu_percent,
    memory_used_percent: usedPercent(memory.total_bytes, memory.available_bytes),
    swap_used_percent: usedPercent(swap.total_bytes, swap.free_bytes),
    disk_used_percent: filled.length === 0 ? null : Math.max(...filled),
    network_received_bytes: network.received_bytes,
    network_sent_bytes: network.sent_bytes,
  };
}

/** The share of `total` that is not free, in percent; null of nothing. */
export function usedPercent(total: number, free: number): number | null {
  return total === 0 ? null : ((total - Math.min(free, total)) / total) * 100;
}
