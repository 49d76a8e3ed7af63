import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import type { Signal, WritableSignal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getBoard } from '../platform/api/generated/fn/health/get-board';
import { getServer } from '../platform/api/generated/fn/servers/get-server';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { Figures } from '../platform/api/generated/models/figures';
import { LiveConnection } from '../platform/live/live-connection';
import type { LiveMessage } from '../platform/live/live-message';
import type { Following } from '../platform/live/live-topic';
import { NewsMeanwhile } from '../platform/live/news-meanwhile';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { SessionStore } from '../platform/session/session-store';
import { changedFields, fromDetails } from './fleet-messages';

/** Servers that are fetched one by one after news about them; of more at once the whole board is fetched. */
const MOST_SINGLE = 20;

/** How long news about servers are collected before they are looked at again, in milliseconds. */
const SETTLE_MS = 300;

/**
 * Every server with its status and figures, live. One signal per server: what changes all the time (the
 * figures) draws one row only; what changes rarely (which servers there are, their names, statuses and
 * labels) is told by {@link FleetStore.revision}. Starts at the first use and lasts as long as the session.
 */
@Injectable({ providedIn: 'root' })
export class FleetStore {
  private readonly api = inject(Api);
  private readonly live = inject(LiveConnection);
  private readonly session = inject(SessionStore);
  private readonly servers = new Map<string, WritableSignal<BoardServer>>();
  private readonly version = signal(0);
  private readonly failure = signal<Problem | null>(null);
  private readonly loadedAt = signal(0);
  private readonly lostSince = signal<string | null>(null);
  private followings: readonly Following[] = [];
  private readonly news = new NewsMeanwhile();
  private readonly toLookAt = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fetching: Promise<void> | null = null;
  private fetchingNext: Promise<void> | null = null;

  /** Grows with every change of the list, a name, a host, a status or a label. */
  readonly revision = this.version.asReadonly();
  /** Why the last fetch failed; null when it did not. */
  readonly problem = this.failure.asReadonly();
  /** When the list was fetched last, in milliseconds since the epoch; 0 before. */
  readonly fetchedAt = this.loadedAt.asReadonly();
  /** Since when the manager reaches no server (ISO time): statuses are of that moment. Null while it does. */
  readonly networkLostSince = this.lostSince.asReadonly();
  /** Ids sorted by name. */
  readonly ids = computed<readonly string[]>(() => {
    this.version();
    return untracked(() => [...this.servers.keys()].sort((a, b) => this.compareNames(a, b)));
  });

  constructor() {
    effect(() => {
      const isSignedIn = this.session.state() === 'signed_in';
      untracked(() => {
        if (isSignedIn) this.start();
        else this.stop();
      });
    });
  }

  /** A server's live state; undefined when there is none with this id. */
  server(id: string): Signal<BoardServer> | undefined {
    return this.servers.get(id);
  }

  /** All servers as they are now, without following them. */
  all(): readonly BoardServer[] {
    return untracked(() => [...this.servers.values()].map((server) => server()));
  }

  /** Fetches everything anew. An answer that is on its way may be older than the question: there is another after it. */
  reload(): Promise<void> {
    if (this.fetching) {
      this.fetchingNext ??= this.fetching.then(() => {
        this.fetchingNext = null;
        return this.reload();
      });
      return this.fetchingNext;
    }
    this.fetching = this.fetch().finally(() => {
      this.fetching = null;
    });
    return this.fetching;
  }

  /** Looks at one server again, such as after it was changed here. */
  refresh(id: string): void {
    this.toLookAt.add(id);
    this.timer ??= setTimeout(() => void this.lookAgain(), SETTLE_MS);
  }

  private start(): void {
    if (this.followings.length > 0) return;
    const follower = {
      onMessages: (messages: readonly LiveMessage[]): void => {
        this.receive(messages);
      },
      onResync: (): void => void this.reload(),
    };
    const followings = ['board', 'servers'].map((topic) => this.live.follow(topic, follower));
    this.followings = followings;
    void Promise.all(followings.map(({ ready }) => ready)).then(() => {
      if (this.followings === followings) void this.reload();
    });
  }

  private stop(): void {
    for (const { stop } of this.followings) stop();
    this.followings = [];
    clearTimeout(this.timer);
    this.timer = undefined;
    this.toLookAt.clear();
    this.servers.clear();
    this.loadedAt.set(0);
    this.failure.set(null);
    this.lostSince.set(null);
    this.changed();
  }

  private async fetch(): Promise<void> {
    try {
      const { answer, meanwhile } = await this.news.during(() => this.api.invoke(getBoard, {}));
      const { servers, manager_network: network } = answer;
      this.lostSince.set(network.lost_since);
      const known = new Set(servers.map(({ id }) => id));
      for (const id of this.servers.keys()) if (!known.has(id)) this.servers.delete(id);
      for (const server of servers) this.put(server);
      this.apply(meanwhile);
      // They may have been looked at since, and this answer be older.
      this.lookSoon(meanwhile);
      this.failure.set(null);
      this.loadedAt.set(Date.now());
      this.changed();
    } catch (error) {
      this.failure.set(toProblem(error));
    }
  }

  private receive(messages: readonly LiveMessage[]): void {
    this.news.hear(messages);
    this.lookSoon(messages);
    if (this.apply(messages)) this.changed();
  }

  /** News of changes tell name and status; whether anything else changed has to be looked at. */
  private lookSoon(messages: readonly LiveMessage[]): void {
    for (const { type, data } of messages) {
      if (type === 'server_changed') this.refresh(String(data.id));
    }
  }

  /** Puts in what news tell; answers whether the list looks different now. */
  private apply(messages: readonly LiveMessage[]): boolean {
    let isChanged = false;
    for (const { type, data } of messages) {
      if (type === 'board_changed') {
        for (const server of data.servers as BoardServer[]) {
          isChanged = this.put(server) || isChanged;
        }
      } else if (type === 'board_figures') {
        for (const { id, figures } of data.servers as { id: string; figures: Figures }[]) {
          this.servers.get(id)?.update((server) => ({ ...server, figures }));
        }
      } else if (type === 'manager_network_changed') {
        this.lostSince.set(data.lost_since as string | null);
      } else if (type === 'server_changed') {
        const known = this.servers.get(String(data.id));
        known?.update((server) => ({ ...server, ...changedFields(data) }));
        isChanged = known !== undefined || isChanged;
      } else if (type === 'server_removed') {
        isChanged = this.servers.delete(String(data.id)) || isChanged;
      }
    }
    return isChanged;
  }

  private async lookAgain(): Promise<void> {
    this.timer = undefined;
    const ids = [...this.toLookAt];
    this.toLookAt.clear();
    if (ids.length > MOST_SINGLE) return this.reload();
    const { meanwhile } = await this.news.during(() =>
      Promise.all(ids.map((id) => this.lookAt(id))),
    );
    this.apply(meanwhile);
    this.changed();
  }

  private async lookAt(id: string): Promise<void> {
    try {
      const details = await this.api.invoke(getServer, { id });
      this.put(fromDetails(details, this.servers.get(id)?.()));
    } catch (error) {
      // Removed meanwhile; any other failure shows when the board is fetched again.
      if (toProblem(error).status === 404) this.servers.delete(id);
    }
  }

  /** Answers whether the list looks different now. */
  private put(server: BoardServer): boolean {
    const known = this.servers.get(server.id);
    if (!known) {
      this.servers.set(server.id, signal(server));
      return true;
    }
    const before = known();
    known.set(server);
    return (
      before.name !== server.name ||
      before.host !== server.host ||
      before.connection !== server.connection ||
      before.status !== server.status ||
      before.status_cause?.code !== server.status_cause?.code ||
      JSON.stringify(before.labels) !== JSON.stringify(server.labels)
    );
  }

  private changed(): void {
    this.version.update((version) => version + 1);
  }

  private compareNames(a: string, b: string): number {
    return NAMES.compare(this.servers.get(a)?.().name ?? '', this.servers.get(b)?.().name ?? '');
  }
}

/** `web-2` stands before `web-10`. */
const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
