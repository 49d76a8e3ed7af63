import type { Vitals } from '@myx/protocol';
import { z } from 'zod';

/** The vitals the board shows, small enough to send for every server at once. */
export const Figures = z
  .object({
    uptime_seconds: z.number(),
    load_1: z.number(),
    cpu_percent: z.number().nullable(),
    memory_used_percent: z.number().nullable(),
    swap_used_percent: z.number().nullable(),
    disk_used_percent: z
      .number()
      .nullable()
      .meta({ description: 'Of the fullest file system the agent watches' }),
    network_received_bytes: z.number(),
    network_sent_bytes: z.number(),
  })
  .meta({ id: 'Figures' });
export type Figures = z.infer<typeof Figures>;

/** Picks the board's figures out of an agent's vitals. */
export function figuresOf(vitals: Vitals): Figures {
  const { memory, swap, network } = vitals;
  const disks = vitals.disks.map((disk) => usedPercent(disk.total_bytes, disk.available_bytes));
  const known = disks.filter((percent) => percent !== null);
  return {
    uptime_seconds: Math.round(vitals.uptime_seconds),
    load_1: vitals.load[0],
    cpu_percent: vitals.cpu_percent === null ? null : rounded(vitals.cpu_percent),
    memory_used_percent: usedPercent(memory.total_bytes, memory.available_bytes),
    swap_used_percent: usedPercent(swap.total_bytes, swap.free_bytes),
    disk_used_percent: known.length === 0 ? null : Math.max(...known),
    network_received_bytes: network.received_bytes,
    network_sent_bytes: network.sent_bytes,
  };
}

function usedPercent(total: number, free: number): number | null {
  return total === 0 ? null : rounded(((total - Math.min(free, total)) / total) * 100);
}

function rounded(percent: number): number {
  return Math.round(percent * 10) / 10;
}
