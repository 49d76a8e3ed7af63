/** Memory of a server, bytes. */
export interface MemoryInfo {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly swapTotalBytes: number;
  readonly swapFreeBytes: number;
}

/**
 * Memory and swap from /proc/meminfo (proc_meminfo(5)). Kernels before 3.14 tell no `MemAvailable`;
 * free memory is what is surely available there.
 */
export function parseMeminfo(text: string): MemoryInfo {
  const kibibytes = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^(\S+):\s+(\d+) kB$/gm)) {
    kibibytes.set(name, Number(value));
  }
  const bytes = (name: string): number => {
    const value = kibibytes.get(name);
    if (value === undefined) throw new Error(`/proc/meminfo has no ${name}`);
    return value * 1024;
  };
  return {
    totalBytes: bytes('MemTotal'),
    availableBytes: bytes(kibibytes.has('MemAvailable') ? 'MemAvailable' : 'MemFree'),
    swapTotalBytes: bytes('SwapTotal'),
    swapFreeBytes: bytes('SwapFree'),
  };
}
