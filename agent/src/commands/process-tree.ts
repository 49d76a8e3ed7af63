import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../log.ts';

/** Where control groups that systemd manages may be mounted: unified, hybrid, legacy (cgroups(7)). */
const HIERARCHIES = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'];

/**
 * Ids of all processes in a control group and the groups below it, as systemd names the group
 * (`ControlGroup` of a unit). Empty when the group is gone.
 */
export function processesOf(controlGroup: string): number[] {
  if (controlGroup === '' || controlGroup === '/') return [];
  const found = new Set<number>();
  for (const hierarchy of HIERARCHIES) collect(path.join(hierarchy, controlGroup), found);
  return [...found];
}

function collect(directory: string, found: Set<number>): void {
  let entries;
  try {
    const processes = readFileSync(path.join(directory, 'cgroup.procs'), 'latin1');
    for (const pid of processes.split('\n')) if (pid !== '') found.add(Number(pid));
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    // Not in this hierarchy, or removed meanwhile (ENODEV: while its file was open).
    if (['ENOENT', 'ENODEV'].includes(codeOf(error) ?? '')) return;
    throw error;
  }
  for (const entry of entries) {
    if (entry.isDirectory()) collect(path.join(directory, entry.name), found);
  }
}

/**
 * CPU time of a process with its waited-for children in clock ticks (fields 14-17 of proc_pid_stat(5)),
 * 0 when it is gone.
 */
export function cpuTicksOf(pid: number): number {
  try {
    return parseCpuTicks(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    // It ended meanwhile.
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return 0;
    throw error;
  }
}

/** Sum of utime, stime, cutime and cstime of a line of proc_pid_stat(5). */
export function parseCpuTicks(stat: string): number {
  // The program's name, field 2, stands in parentheses and may hold anything, blanks included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
