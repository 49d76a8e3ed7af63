import { Injectable, effect, inject, signal, untracked } from '@angular/core';
import type { WritableSignal } from '@angular/core';
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
/** Servers whose points are kept; the one looked at longest ago goes first. */
const MOST_SERVERS = 10;

interface Kept {
  readonly points: WritableSignal<readonly VitalsPoint[]>;
  last: { readonly at: number; readonly figures: Figures } | null;
}

/**
 * What the figures of servers were since somebody looked at them first. Collected in this tab from the
 * live figures, and goes on while other pages are open.
 */
@Injectable({ providedIn: 'root' })
export class VitalsHistory {
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

  /** Starts collecting what a server's figures are, and goes on until others were watched since. */
  watch(id: string): void {
    const known = this.kept.get(id) ?? { points: signal<readonly VitalsPoint[]>([]), last: null };
    // The latest watched moves to the end.
    this.kept.delete(id);
    this.kept.set(id, known);
    for (const oldest of [...this.kept.keys()].slice(0, -MOST_SERVERS)) this.kept.delete(oldest);
    this.watched.set([...this.kept.keys()]);
  }

  private add(id: string, figures: Figures): void {
    const kept = this.kept.get(id);
    if (!kept || kept.last?.figures === figures) return;
    const at = Date.now() / 1000;
    const point = pointOf(figures, at, kept.last);
    kept.last = { at, figures };
    kept.points.update((points) => [...points.slice(1 - MOST_POINTS), point]);
  }
}

/** What is drawn of these figures; the traffic is what was added since the figures before. */
export function pointOf(
  figures: Figures,
  at: number,
  before: { readonly at: number; readonly figures: Figures } | null,
): VitalsPoint {
  const seconds = before ? at - before.at : 0;
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
