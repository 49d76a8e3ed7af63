import { Injectable, effect, inject, signal, untracked } from '@angular/core';
import type { WritableSignal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getServerVitalsHistory } from '../platform/api/generated/fn/health/get-server-vitals-history';
import type { VitalsSample } from '../platform/api/generated/models/vitals-sample';
import type { Figures } from '../platform/api/generated/models/figures';
import { FleetStore } from '../servers/fleet-store';

/** The figures of one moment, as they are drawn. Shares are 0 to 100; null where nothing is known. */
export interface VitalsPoint {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly load: number | null;
  /** Bytes a second. */
  readonly received: number | null;
  readonly sent: number | null;
}

/** Points kept of one server: at a figure every 5 seconds, an hour. */
const MOST_POINTS = 720;
/** Older points are not drawn, in seconds. */
const OLDEST = 3600;
/** Servers whose points are kept; the one looked at longest ago goes first. */
const MOST_SERVERS = 10;

/** What is drawn of a server's figures. Live ones tell by the uptime when they were taken. */
export type DrawnFigures = Omit<VitalsSample, 'at'> & { readonly uptime_seconds?: number };

/** Figures with the moment they were told, in seconds since the epoch. */
export interface Told {
  readonly at: number;
  readonly figures: DrawnFigures;
}

interface Kept {
  readonly points: WritableSignal<readonly VitalsPoint[]>;
  /** Whether the manager has told what it kept, or could not. */
  readonly isAnswered: WritableSignal<boolean>;
  /** The first and the latest that were told live. */
  first: Told | null;
  last: Told | null;
}

/**
 * What the figures of servers were within the last hour: what the manager kept of them, and from then on the live
 * figures. Collecting goes on while other pages are open.
 */
@Injectable({ providedIn: 'root' })
export class VitalsHistory {
  private readonly api = inject(Api);
  private readonly fleet = inject(FleetStore);
  private readonly kept = new Map<string, Kept>();
  private readonly watched = signal<readonly string[]>([]);

  constructor() {
    effect(() => {
      this.fleet.revision();
      for (const id of this.watched()) {
        const server = this.fleet.server(id)?.();
        const isUp = server?.status === 'online' || server?.status === 'degraded';
        const figures = isUp ? server.figures : null;
        if (figures)
          untracked(() => {
            this.add(id, figures);
          });
      }
    });
  }

  /** The points of a server, oldest first; none before somebody watched it. */
  of(id: string): readonly VitalsPoint[] {
    this.watched();
    return this.kept.get(id)?.points() ?? [];
  }

  /** Whether the points of a server are all there are, rather than still being fetched. */
  isKnown(id: string): boolean {
    this.watched();
    return this.kept.get(id)?.isAnswered() ?? false;
  }

  /** Starts collecting what a server's figures are, and goes on until others were watched since. */
  watch(id: string): void {
    const before = this.kept.get(id);
    const known = before ?? {
      points: signal<readonly VitalsPoint[]>([]),
      isAnswered: signal(false),
      first: null,
      last: null,
    };
    if (!before) void this.remember(id, known);
    // The latest watched moves to the end.
    this.kept.delete(id);
    this.kept.set(id, known);
    for (const oldest of [...this.kept.keys()].slice(0, -MOST_SERVERS)) this.kept.delete(oldest);
    this.watched.set([...this.kept.keys()]);
  }

  private add(id: string, figures: Figures): void {
    const kept = this.kept.get(id);
    // Fetched again, they are another object and nothing new.
    if (!kept || (kept.last && isSame(kept.last.figures, figures))) return;
    const at = Date.now() / 1000;
    const point = pointOf(figures, at, kept.last);
    kept.last = { at, figures };
    kept.first ??= kept.last;
    kept.points.update((points) => [
      ...points.slice(1 - MOST_POINTS).filter((one) => one.at > at - OLDEST),
      point,
    ]);
  }

  /** Puts what the manager kept before what was told since. */
  private async remember(id: string, kept: Kept): Promise<void> {
    try {
      const { at, samples } = await this.api.invoke(getServerVitalsHistory, { id });
      // Live points have this machine's times, samples the manager's.
      const ahead = (Date.now() - Date.parse(at)) / 1000;
      kept.points.update((points) => joined(toldOf(samples, ahead), kept.first, points));
    } catch {
      // The chart begins with what is told from now on, as it does for a new server.
    } finally {
      kept.isAnswered.set(true);
    }
  }
}

/** Samples by the clock of this machine, which is so many seconds `ahead` of the manager's. */
export function toldOf(samples: readonly VitalsSample[], ahead: number): Told[] {
  return samples.map(({ at, ...figures }) => ({ at: Date.parse(at) / 1000 + ahead, figures }));
}

/** What is drawn of what the manager kept, followed by the points since `first` was told live. */
export function joined(
  kept: readonly Told[],
  first: Told | null,
  points: readonly VitalsPoint[],
): VitalsPoint[] {
  const before = kept.filter(({ at }) => first === null || at < first.at);
  const drawn = before.map(({ at, figures }, index) =>
    pointOf(figures, at, before[index - 1] ?? null),
  );
  const last = before.at(-1);
  if (first === null || last === undefined) return [...drawn, ...points];
  // What is on screen at first was often kept already.
  if (isSame(first.figures, last.figures)) return [...drawn, ...points.slice(1)];
  return [...drawn, pointOf(first.figures, first.at, last), ...points.slice(1)];
}

function isSame(a: DrawnFigures, b: DrawnFigures): boolean {
  return (
    a.network_received_bytes === b.network_received_bytes &&
    a.network_sent_bytes === b.network_sent_bytes &&
    a.cpu_percent === b.cpu_percent &&
    (a.uptime_seconds ?? b.uptime_seconds) === (b.uptime_seconds ?? a.uptime_seconds)
  );
}

/** What is drawn of these figures; the traffic is what was added since the figures before. */
export function pointOf(figures: DrawnFigures, at: number, before: Told | null): VitalsPoint {
  const seconds = before ? secondsSince(before, { at, figures }) : 0;
  const rate = (now: number, then: number | undefined): number | null =>
    // A counter that went back was set to zero by a reboot.
    then === undefined || seconds <= 0 || now < then ? null : (now - then) / seconds;
  return {
    at,
    cpu: figures.cpu_percent,
    memory: figures.memory_used_percent,
    load: figures.load_1,
    received: rate(figures.network_received_bytes, before?.figures.network_received_bytes),
    sent: rate(figures.network_sent_bytes, before?.figures.network_sent_bytes),
  };
}

/** By the server's own clock where both tell it: what came when the page opened may have been told long before. */
function secondsSince(before: Told, now: Told): number {
  const [from, to] = [before.figures.uptime_seconds, now.figures.uptime_seconds];
  return from === undefined || to === undefined || to <= from ? now.at - before.at : to - from;
}
