/** Load averages over 1, 5 and 15 minutes from /proc/loadavg (proc_loadavg(5)). */
export function parseLoadavg(text: string): [number, number, number] {
  const [one, five, fifteen] = text.split(' ').map(Number);
  if (
    one === undefined ||
    five === undefined ||
    fifteen === undefined ||
    Number.isNaN(one + five + fifteen)
  ) {
    throw new Error('/proc/loadavg has an unknown form');
  }
  return [one, five, fifteen];
}
