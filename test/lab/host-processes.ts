import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One process of a host. */
export interface HostProcess {
  /** Its pid as the host knows it. */
  readonly pid: number;
  /** Its pid on this machine. */
  readonly machinePid: number;
  readonly uid: number;
  /** The program's name as the kernel has it, at most 15 characters. */
  readonly name: string;
  /** Its argument vector; empty for zombies. */
  readonly args: readonly string[];
  /** Its control group as the host sees it, such as "/system.slice/ssh.service". */
  readonly cgroup: string;
}

/** Lists the processes that share a pid namespace with that init. `payload` is the host's cgroup. */
export function listProcesses(init: number, payload: string): readonly HostProcess[] {
  const namespace = readlinkSync(`/proc/${init}/ns/pid`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name), namespace, payload))
    .filter((process) => process !== undefined)
    .sort((first, second) => first.pid - second.pid);
}

function readProcess(pid: number, namespace: string, payload: string): HostProcess | undefined {
  try {
    if (readlinkSync(`/proc/${pid}/ns/pid`) !== namespace) return undefined;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): readonly string[] =>
      (new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/);
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    const group = /^0::(.*)$/m.exec(groups)?.[1] ?? '';
    return {
      pid: Number(field('NSpid').at(-1)),
      machinePid: pid,
      uid: Number(field('Uid')[0]),
      name: field('Name').join(' '),
      args: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
      cgroup: group.startsWith(payload) ? group.slice(payload.length) || '/' : group,
    };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}
