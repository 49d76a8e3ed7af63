import { readFile, stat, statfs } from 'node:fs/promises';
import type { Vitals } from '@myx/protocol';
import { cpuPercent, parseCpuTimes } from './cpu-stat.ts';
import type { CpuTimes } from './cpu-stat.ts';
import { parseLoadavg } from './loadavg.ts';
import { parseMeminfo } from './meminfo.ts';
import { parseNetworkTraffic } from './network-traffic.ts';

/** Measures the server when asked; in between it does nothing. */
export class VitalsReader {
  readonly #stateDirectory: string;
  readonly #bootId: string;
  #lastCpu: CpuTimes | undefined;

  constructor(stateDirectory: string, bootId: string) {
    this.#stateDirectory = stateDirectory;
    this.#bootId = bootId;
  }

  /** Measures now. CPU use is over the time since the previous call. */
  async read(): Promise<Vitals> {
    const [uptime, load, memory, network] = await Promise.all([
      readProc('uptime', parseUptime),
      readProc('loadavg', parseLoadavg),
      readProc('meminfo', parseMeminfo),
      readProc('net/dev', parseNetworkTraffic),
    ]);
    return {
      uptime_seconds: uptime,
      boot_id: this.#bootId,
      load,
      cpu_percent: await this.#cpuPercent(),
      memory: { total_bytes: memory.totalBytes, available_bytes: memory.availableBytes },
      swap: { total_bytes: memory.swapTotalBytes, free_bytes: memory.swapFreeBytes },
      disks: await this.#disks(),
      network: { received_bytes: network.receivedBytes, sent_bytes: network.sentBytes },
    };
  }

  async #cpuPercent(): Promise<number | null> {
    const before = this.#lastCpu;
    const after = await readProc('stat', parseCpuTimes);
    this.#lastCpu = after;
    return before === undefined ? null : cpuPercent(before, after);
  }

  async #disks(): Promise<Vitals['disks']> {
    const [root, state] = await Promise.all([stat('/'), stat(this.#stateDirectory)]);
    const paths = root.dev === state.dev ? ['/'] : ['/', this.#stateDirectory];
    return Promise.all(
      paths.map(async (path) => {
        const { blocks, bavail, bsize } = await statfs(path);
        return { path, total_bytes: blocks * bsize, available_bytes: bavail * bsize };
      }),
    );
  }
}

/** Seconds since boot from /proc/uptime (proc_uptime(5)). */
export function parseUptime(text: string): number {
  const seconds = Number(text.split(' ')[0]);
  if (!Number.isFinite(seconds)) throw new Error('/proc/uptime has an unknown form');
  return seconds;
}

/** Reads a file of /proc and parses it. */
export async function readProc<T>(name: string, parse: (text: string) => T): Promise<T> {
  return parse(await readFile(`/proc/${name}`, 'utf8'));
}
