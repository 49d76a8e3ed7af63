import type { Vitals } from '@myx/protocol';
import { log, messageOf } from '../log.ts';
import type { EventLog } from '../events/event-log.ts';
import type { VitalsReader } from './vitals.ts';

const INTERVAL_MS = 10_000;

/** Announces vitals that changed noticeably, at most every 10 s, and only while somebody listens. */
export class VitalsAnnouncer {
  readonly #reader: VitalsReader;
  readonly #events: EventLog;
  #timer: NodeJS.Timeout | undefined;
  #last: Vitals | undefined;

  constructor(reader: VitalsReader, events: EventLog) {
    this.#reader = reader;
    this.#events = events;
  }

  /** Begins to look. */
  open(): void {
    this.#timer = setInterval(() => {
      if (this.#events.listeners > 0) void this.#look();
    }, INTERVAL_MS);
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const vitals = await this.#reader.read();
      if (this.#last !== undefined && !isNoticeable(this.#last, vitals)) return;
      this.#last = vitals;
      this.#events.append({ type: 'metrics_changed', data: { vitals } });
    } catch (error) {
      // Told by polling too; the next look may succeed.
      log('warn', 'vitals not announced', { error: messageOf(error) });
    }
  }
}

/** Whether somebody watching a board would see the difference: 5 points of CPU, 2 % of a size, 0.5 load. */
export function isNoticeable(before: Vitals, after: Vitals): boolean {
  if (Math.abs((after.cpu_percent ?? 0) - (before.cpu_percent ?? 0)) >= 5) return true;
  if (Math.abs(after.load[0] - before.load[0]) >= 0.5) return true;
  const moved = (a: number, b: number, whole: number): boolean => Math.abs(a - b) > whole * 0.02;
  if (
    moved(before.memory.available_bytes, after.memory.available_bytes, after.memory.total_bytes)
  ) {
    return true;
  }
  if (before.disks.length !== after.disks.length) return true;
  return after.disks.some((disk, index) =>
    moved(before.disks[index]?.available_bytes ?? 0, disk.available_bytes, disk.total_bytes),
  );
}
