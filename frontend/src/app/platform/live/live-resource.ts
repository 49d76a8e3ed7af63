import { DestroyRef, effect, inject, signal, untracked } from '@angular/core';
import type { Signal } from '@angular/core';
import { toProblem } from '../problem/parse-problem';
import type { Problem } from '../problem/problem';
import { LiveConnection } from './live-connection';
import type { LiveMessage } from './live-message';
import type { Following } from './live-topic';
import { NewsMeanwhile } from './news-meanwhile';

/** How a {@link LiveResource} is fetched and kept current. */
export interface LiveResourceOptions<Value> {
  /** Topics to follow. Reactive: other topics mean another thing, which is fetched anew. Empty: nothing. */
  readonly topics: () => readonly string[];
  /** Fetches it whole. */
  readonly load: (signal: AbortSignal) => Promise<Value>;
  /** What it is after these messages. Answers the same object when they change nothing. */
  readonly merge: (value: Value, messages: readonly LiveMessage[]) => Value;
  /**
   * True for news that only say that something changed: it is fetched again, at once after the first of them and
   * then now and then, however many there are.
   */
  readonly refetchOn?: (message: LiveMessage) => boolean;
  /** Messages with one key replace each other while they wait. */
  readonly keyOf?: (message: LiveMessage) => string | null;
}

/** Something fetched once and then kept current by messages; fetched again after a cut. */
export interface LiveResource<Value> {
  /** Null until the first answer. Keeps its last value when a later fetch fails. */
  readonly value: Signal<Value | null>;
  /** Why the last fetch failed; null when it did not. */
  readonly problem: Signal<Problem | null>;
  /** When it was fetched last, in milliseconds since the epoch. */
  readonly fetchedAt: Signal<number>;
  readonly reload: () => Promise<void>;
  /** Puts in what this tab knows already, such as the answer to a change it made. */
  readonly set: (value: Value) => void;
}

/** Between two fetches because of news, in milliseconds. */
const REFETCH_MS = 400;

/**
 * Follows topics and fetches after the manager has confirmed them, so that nothing is missed in between:
 * what arrives during a fetch is merged at once into what is there, and into what is fetched when that is
 * done. Ends with the injection context.
 */
export function liveResource<Value>(options: LiveResourceOptions<Value>): LiveResource<Value> {
  const resource = new FollowedResource(options, inject(LiveConnection));
  effect((onCleanup) => {
    const topics = options.topics();
    untracked(() => {
      resource.follow(topics);
    });
    onCleanup(() => {
      resource.stop();
    });
  });
  inject(DestroyRef).onDestroy(() => {
    resource.stop();
  });
  return resource;
}

class FollowedResource<Value> implements LiveResource<Value> {
  readonly value = signal<Value | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly fetchedAt = signal(0);
  private followings: readonly Following[] = [];
  private fetching: AbortController | null = null;
  private readonly news = new NewsMeanwhile();
  private refetching: ReturnType<typeof setTimeout> | null = null;
  private isOutdated = false;

  constructor(
    private readonly options: LiveResourceOptions<Value>,
    private readonly live: LiveConnection,
  ) {}

  readonly reload = (): Promise<void> => this.fetch();

  readonly set = (value: Value): void => {
    this.value.set(value);
    // An answer that is on its way may be older than what is known now.
    if (this.fetching) void this.fetch();
  };

  follow(topics: readonly string[]): void {
    this.value.set(null);
    this.problem.set(null);
    if (topics.length === 0) return;
    const { keyOf } = this.options;
    const follower = {
      onMessages: (messages: readonly LiveMessage[]): void => {
        this.receive(messages);
      },
      onResync: (): void => void this.fetch(),
      ...(keyOf ? { keyOf } : {}),
    };
    const followings = topics.map((topic) => this.live.follow(topic, follower));
    this.followings = followings;
    void Promise.all(followings.map(({ ready }) => ready)).then(() => {
      // Another thing may be shown by now.
      if (this.followings === followings) void this.fetch();
    });
  }

  stop(): void {
    for (const { stop } of this.followings) stop();
    this.followings = [];
    this.fetching?.abort();
    this.fetching = null;
    if (this.refetching !== null) clearTimeout(this.refetching);
    this.refetching = null;
    this.isOutdated = false;
  }

  private receive(messages: readonly LiveMessage[]): void {
    const { refetchOn } = this.options;
    const news = refetchOn ? messages.filter((message) => !refetchOn(message)) : messages;
    if (news.length < messages.length) this.refetch();
    if (news.length === 0) return;
    this.news.hear(news);
    const value = this.value();
    if (value !== null) this.value.set(this.options.merge(value, news));
  }

  /** A fetch is not begun anew with every piece of news: it would never come to its end. */
  private refetch(): void {
    if (this.fetching || this.refetching !== null) this.isOutdated = true;
    else void this.fetch();
    this.refetching ??= setTimeout(() => {
      this.refetching = null;
      if (!this.isOutdated) return;
      this.isOutdated = false;
      this.refetch();
    }, REFETCH_MS);
  }

  private async fetch(): Promise<void> {
    this.fetching?.abort();
    const run = new AbortController();
    this.fetching = run;
    try {
      const { answer, meanwhile } = await this.news.during(() => this.options.load(run.signal));
      if (run.signal.aborted) return;
      this.value.set(meanwhile.length > 0 ? this.options.merge(answer, meanwhile) : answer);
      this.problem.set(null);
      this.fetchedAt.set(Date.now());
    } catch (error) {
      if (!run.signal.aborted) this.problem.set(toProblem(error));
    } finally {
      if (this.fetching === run) this.fetching = null;
    }
  }
}
