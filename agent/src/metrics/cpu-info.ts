/** Model of the first CPU from /proc/cpuinfo (proc_cpuinfo(5)); null on machines that tell none. */
export function parseCpuModel(text: string): string | null {
  const model = /^(?:model name|Model|Hardware)\s*:\s*(.+)$/m.exec(text)?.[1]?.trim();
  return model === undefined || model === '' ? null : model;
}
