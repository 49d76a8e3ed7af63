import { DestroyRef, computed, effect, inject, signal, untracked } from '@angular/core';
import type { Signal } from '@angular/core';
import { toProblem } from '../problem/parse-problem';
import type { Problem } from '../problem/problem';
import { LiveConnection } from './live-connection';
import type { LiveMessage } from './live-message';
import type { Following } from './live-topic';
import { NewsMeanwhile } from './news-meanwhile';

/** A part of a long list, newest first, as the manager answers it. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** How a {@link LiveList} is fetched and kept current. */
export interface LiveListOptions<Item, Query> {
  /** What is asked for. Reactive: another question is another list. */
  readonly query: () => Query;
  readonly page: (query: Query, cursor: string | undefined) => Promise<ListPage<Item>>;
  readonly idOf: (item: Item) => string;
  /** Messages of it carry the id of their object in `data.id`. Absent: the list is not live. */
  readonly topic?: string;
  /** An item after news about it. */
  readonly change?: (item: Item, message: LiveMessage) => Item;
  /** True for news that only say that something changed: the newest part is fetched again. */
  readonly outdates?: (message: LiveMessage) => boolean;
  /** False for an item that news took out of what was asked for. */
  readonly accepts?: (item: Item, query: Query) => boolean;
}

/** A long list on screen: its newest part, older parts on demand, and news of both. */
export interface LiveList<Item> {
  /** Null until the first answer. Newest first. */
  readonly items: Signal<readonly Item[] | null>;
  readonly hasMore: Signal<boolean>;
  readonly isLoadingMore: Signal<boolean>;
  /** Why the last fetch failed; null when it did not. */
  readonly problem: Signal<Problem | null>;
  /** When its newest part was fetched last, in milliseconds since the epoch. */
  readonly fetchedAt: Signal<number>;
  /** Fetches the next older part. */
  readonly more: () => Promise<void>;
  readonly reload: () => Promise<void>;
}

/** How long news of unknown objects are collected before the newest part is fetched again, in milliseconds. */
const SETTLE_MS = 400;

/** Fetches a list part by part and follows it. Ends with the injection context. */
export function liveList<Item, Query>(options: LiveListOptions<Item, Query>): LiveList<Item> {
  const list = new FollowedList(options, inject(LiveConnection));
  effect((onCleanup) => {
    const query = options.query();
    untracked(() => {
      list.start(query);
    });
    onCleanup(() => {
      list.stop();
    });
  });
  inject(DestroyRef).onDestroy(() => {
    list.stop();
  });
  return list;
}

class FollowedList<Item, Query> implements LiveList<Item> {
  readonly items = signal<readonly Item[] | null>(null);
  readonly isLoadingMore = signal(false);
  readonly problem = signal<Problem | null>(null);
  readonly fetchedAt = signal(0);
  private readonly cursor = signal<string | null>(null);
  readonly hasMore = computed(() => this.cursor() !== null);
  private question: { readonly query: Query } | null = null;
  private following: Following | null = null;
  private readonly news = new NewsMeanwhile();
  /** Grows with every list: an answer for an earlier one is dropped. */
  private run = 0;
  /** Questions for the newest part so far, the latest that was answered, and the latest that begins anew. */
  private asked = 0;
  private answered = 0;
  private afresh = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly options: LiveListOptions<Item, Query>,
    private readonly live: LiveConnection,
  ) {}

  readonly reload = (): Promise<void> => this.fetchNewest(true);

  readonly more = async (): Promise<void> => {
    const { question, run } = this;
    const cursor = this.cursor();
    if (cursor === null || this.isLoadingMore() || question === null) return;
    this.isLoadingMore.set(true);
    try {
      const { answer: page, meanwhile } = await this.news.during(() =>
        this.options.page(question.query, cursor),
      );
      // The list may have begun anew meanwhile: what is behind another end leaves a hole before it.
      if (run !== this.run || cursor !== this.cursor()) return;
      this.items.update((items) => this.joined(items ?? [], page.items));
      this.apply(meanwhile);
      this.cursor.set(page.next_cursor);
      this.problem.set(null);
    } catch (error) {
      if (run === this.run) this.problem.set(toProblem(error));
    } finally {
      this.isLoadingMore.set(false);
    }
  };

  start(query: Query): void {
    this.run += 1;
    this.question = { query };
    this.items.set(null);
    this.cursor.set(null);
    this.problem.set(null);
    const { topic } = this.options;
    if (topic === undefined) {
      void this.fetchNewest(true);
      return;
    }
    const following = this.live.follow(topic, {
      onMessages: (messages) => {
        this.receive(messages);
      },
      onResync: () => void this.fetchNewest(true),
    });
    this.following = following;
    void following.ready.then(() => {
      if (this.following === following) void this.fetchNewest(true);
    });
  }

  stop(): void {
    this.run += 1;
    this.following?.stop();
    this.following = null;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private receive(messages: readonly LiveMessage[]): void {
    this.news.hear(messages);
    if (this.apply(messages)) this.fetchSoon();
  }

  private fetchSoon(): void {
    this.timer ??= setTimeout(() => void this.fetchNewest(false), SETTLE_MS);
  }

  /** Puts news into the list. Answers whether there is more to know than they tell. */
  private apply(messages: readonly LiveMessage[]): boolean {
    const items = this.items();
    const { change, accepts, idOf, outdates } = this.options;
    const { question } = this;
    if (messages.length === 0 || items === null || question === null || !change) return false;
    const byId = new Map(items.map((item) => [idOf(item), item]));
    let isNew = false;
    for (const message of messages) {
      const id = String(message.data.id);
      const known = byId.get(id);
      if (known === undefined || outdates?.(message) === true) isNew = true;
      else byId.set(id, change(known, message));
    }
    this.items.set([...byId.values()].filter((item) => accepts?.(item, question.query) ?? true));
    return isNew;
  }

  /** `afresh`: what was loaded before is dropped; else what is new is put before it. */
  private async fetchNewest(afresh: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { question, run } = this;
    if (question === null) return;
    const asked = ++this.asked;
    if (afresh) this.afresh = asked;
    try {
      const { answer: page, meanwhile } = await this.news.during(() =>
        this.options.page(question.query, undefined),
      );
      // What was asked for later and is here already is newer.
      if (run !== this.run || asked < this.answered) return;
      const isDue = this.answered < this.afresh && asked >= this.afresh;
      this.answered = asked;
      this.putNewest(page, afresh || isDue);
      // What they tell of is not in an answer that left before.
      if (this.apply(meanwhile)) this.fetchSoon();
      this.problem.set(null);
      this.fetchedAt.set(Date.now());
    } catch (error) {
      if (run === this.run && asked > this.answered) this.problem.set(toProblem(error));
    }
  }

  private putNewest(page: ListPage<Item>, afresh: boolean): void {
    const behind = afresh ? null : this.behind(page);
    this.items.set(this.joined(page.items, behind ?? []));
    if (behind === null || page.next_cursor === null) this.cursor.set(page.next_cursor);
  }

  /**
   * What is loaded and older than a page: what is newer and not in it is not asked for any more. Null where the
   * page does not reach what is loaded: more is new than it holds.
   */
  private behind({ items: page, next_cursor: next }: ListPage<Item>): readonly Item[] | null {
    const items = this.items();
    if (items === null || next === null) return null;
    const inPage = new Set(page.map((item) => this.options.idOf(item)));
    const at = items.findLastIndex((item) => inPage.has(this.options.idOf(item)));
    return at < 0 ? null : items.slice(at + 1);
  }

  /** `first`, then those of `second` that are not in it. */
  private joined(first: readonly Item[], second: readonly Item[]): readonly Item[] {
    const known = new Set(first.map((item) => this.options.idOf(item)));
    return [...first, ...second.filter((item) => !known.has(this.options.idOf(item)))];
  }
}
