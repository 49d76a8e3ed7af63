/** CPU time of the whole server since boot, clock ticks. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/**
 * CPU times from the first line of /proc/stat (proc_stat(5)). Guest time is part of user time already
 * and is not counted twice.
 */
export function parseCpuTimes(text: string): CpuTimes {
  const line = /^cpu +([\d ]+)$/m.exec(text)?.[1];
  if (line === undefined) throw new Error('/proc/stat has no cpu line');
  const times = line.trim().split(' ').slice(0, 8).map(Number);
  const total = times.reduce((sum, time) => sum + time, 0);
  const [, , , idle = 0, waiting = 0] = times;
  return { busy: total - idle - waiting, total };
}

/** Share of CPU time that was busy between two samples, 0-100; null when no time passed between them. */
export function cpuPercent(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total;
  if (total <= 0) return null;
  // Counters of waiting and stolen time may step back a little (proc_stat(5), iowait).
  const share = Math.min(Math.max((after.busy - before.busy) / total, 0), 1);
  return Math.round(share * 1000) / 10;
}
