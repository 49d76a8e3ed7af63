import { z } from 'zod';

/** Bytes of one client in one life of an Xray process. */
export interface Counter {
  readonly clientId: string;
  /** From the client's device to the Internet. */
  readonly uplink: bigint;
  readonly downlink: bigint;
}

/** The counters of one start of Xray: they begin at zero and only grow. */
export interface TrafficReading {
  /** Names the start: systemd's invocation id. */
  readonly epoch: string;
  readonly counters: readonly Counter[];
}

/** What `xray api statsquery` prints. A counter of zero has no value. */
const Statistics = z.object({
  stat: z
    .array(
      z.object({
        name: z.string(),
        value: z
          .union([z.int().min(0), z.string().regex(/^\d{1,19}$/)])
          .default(0)
          .transform(BigInt),
      }),
    )
    .default([]),
});

const EPOCH = /^[0-9a-f]{32}$/;
const NAME = /^user>>>([^>]+)>>>traffic>>>(uplink|downlink)$/;

/**
 * Reads what the counter program on a server printed. A part that is cut or foreign is left out: the next
 * reading has it again.
 */
export function parseTrafficReadings(output: string): readonly TrafficReading[] {
  return output
    .split(/^epoch /m)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf('\n');
      const epoch = part.slice(0, end).trim();
      const counters = countersOf(part.slice(end + 1));
      return EPOCH.test(epoch) && counters ? [{ epoch, counters }] : [];
    });
}

function countersOf(text: string): readonly Counter[] | null {
  const parsed = Statistics.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const counters = new Map<string, { uplink: bigint; downlink: bigint }>();
  for (const { name, value } of parsed.data.stat) {
    const [, clientId, direction] = NAME.exec(name) ?? [];
    if (clientId === undefined) continue;
    const known = counters.get(clientId) ?? { uplink: 0n, downlink: 0n };
    counters.set(
      clientId,
      direction === 'uplink' ? { ...known, uplink: value } : { ...known, downlink: value },
    );
  }
  return [...counters].map(([clientId, bytes]) => ({ clientId, ...bytes }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut in the middle, for example by a disk that was full when it was saved.
    return undefined;
  }
}
