/** Traffic since boot, bytes. */
export interface NetworkTraffic {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Sum over all interfaces but loopback from /proc/net/dev (proc_pid_net(5)). */
export function parseNetworkTraffic(text: string): NetworkTraffic {
  let receivedBytes = 0;
  let sentBytes = 0;
  for (const [, name, figures = ''] of text.matchAll(/^\s*([^\s:|]+):\s*([\d ]+)$/gm)) {
    if (name === 'lo') continue;
    const values = figures.trim().split(/ +/).map(Number);
    receivedBytes += values[0] ?? 0;
    sentBytes += values[8] ?? 0;
  }
  return { receivedBytes, sentBytes };
}
