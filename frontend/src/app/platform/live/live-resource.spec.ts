import { describe, expect, it, jest } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { LiveConnection } from './live-connection';
import type { LiveFollower } from './live-buffer';
import type { LiveMessage } from './live-message';
import { liveResource } from './live-resource';
import type { LiveResource } from './live-resource';

class FakeLive {
  readonly followers = new Map<string, LiveFollower>();

  follow(name: string, follower: LiveFollower): { ready: Promise<void>; stop: () => void } {
    this.followers.set(name, follower);
    return { ready: Promise.resolve(), stop: () => this.followers.delete(name) };
  }
}

function added(n: number): LiveMessage {
  return { topic: 'numbers:1', type: 'number_added', data: { n } };
}

function setUp(load: () => Promise<readonly number[]>) {
  const live = new FakeLive();
  TestBed.configureTestingModule({ providers: [{ provide: LiveConnection, useValue: live }] });
  const topics = signal<readonly string[]>(['numbers:1']);
  const resource: LiveResource<readonly number[]> = TestBed.runInInjectionContext(() =>
    liveResource({
      topics,
      load,
      refetchOn: ({ type }) => type === 'numbers_reset',
      merge: (value, messages) => [...value, ...messages.map(({ data }) => Number(data.n))],
    }),
  );
  TestBed.tick();
  return { live, topics, resource };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('liveResource', () => {
  it('merges what comes after the fetch', async () => {
    const { live, resource } = setUp(() => Promise.resolve([1]));
    await settled();

    live.followers.get('numbers:1')?.onMessages([added(2), added(3)]);

    expect(resource.value()).toEqual([1, 2, 3]);
  });

  it('merges what came during the fetch', async () => {
    const answer = Promise.withResolvers<readonly number[]>();
    const { live, resource } = setUp(() => answer.promise);
    await settled();

    live.followers.get('numbers:1')?.onMessages([added(2)]);
    answer.resolve([1]);
    await settled();

    expect(resource.value()).toEqual([1, 2]);
  });

  it('asks again when something newer is put in while an answer is on its way', async () => {
    const older = Promise.withResolvers<readonly number[]>();
    const answers = [Promise.resolve([1]), older.promise, Promise.resolve([1, 2])];
    const { resource } = setUp(() => answers.shift() ?? Promise.resolve([]));
    await settled();

    void resource.reload();
    resource.set([1, 2]);
    older.resolve([1]);
    await settled();

    expect(resource.value()).toEqual([1, 2]);
  });

  it('keeps what it has when fetching again fails, and says why', async () => {
    const answers = [Promise.resolve([1]), Promise.reject(new Error('no network'))];
    const { resource } = setUp(() => answers.shift() ?? Promise.resolve([]));
    await settled();

    await resource.reload();

    expect(resource.value()).toEqual([1]);
    expect(resource.problem()?.detail).toBe('no network');
  });

  it('shows what comes during a fetch at once, and keeps it when that fails', async () => {
    const answer = Promise.withResolvers<readonly number[]>();
    const answers = [Promise.resolve([1]), answer.promise];
    const { live, resource } = setUp(() => answers.shift() ?? Promise.resolve([]));
    await settled();
    void resource.reload();

    live.followers.get('numbers:1')?.onMessages([added(2)]);
    const during = resource.value();
    answer.reject(new Error('gone'));
    await settled();

    expect([during, resource.value()]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('merges into an answer only what came after its question', async () => {
    const answer = Promise.withResolvers<readonly number[]>();
    const answers = [Promise.resolve([1]), Promise.resolve([1, 2]), answer.promise];
    const { live, resource } = setUp(() => answers.shift() ?? Promise.resolve([]));
    await settled();
    live.followers.get('numbers:1')?.onMessages([added(2)]);
    await resource.reload();
    void resource.reload();
    live.followers.get('numbers:1')?.onMessages([added(3)]);
    answer.resolve([1, 2]);
    await settled();

    expect(resource.value()).toEqual([1, 2, 3]);
  });

  it('forgets the old thing and its answer when another is followed', async () => {
    const first = Promise.withResolvers<readonly number[]>();
    const answers = [first.promise, Promise.resolve([7])];
    const { live, topics, resource } = setUp(() => answers.shift() ?? Promise.resolve([]));
    await settled();

    topics.set(['numbers:2']);
    TestBed.tick();
    await settled();
    first.resolve([1]);
    await settled();

    expect([...live.followers.keys()]).toEqual(['numbers:2']);
    expect(resource.value()).toEqual([7]);
  });

  it('fetches again on news that only say that something changed', async () => {
    const answers = [Promise.resolve([1]), Promise.resolve([5])];
    const { live, resource } = setUp(() => answers.shift() ?? Promise.resolve([]));
    await settled();

    live.followers
      .get('numbers:1')
      ?.onMessages([{ topic: 'numbers:1', type: 'numbers_reset', data: {} }]);
    await settled();

    expect(resource.value()).toEqual([5]);
  });

  it('fetches to the end while news keep coming, and once more after them', async () => {
    jest.useFakeTimers();
    const slow = Promise.withResolvers<readonly number[]>();
    const answers = [Promise.resolve([1]), slow.promise, Promise.resolve([9])];
    const { live, resource } = setUp(
      () => answers.shift() ?? Promise.reject(new Error('once more')),
    );
    const reset = { topic: 'numbers:1', type: 'numbers_reset', data: {} };
    await settled();

    for (let n = 0; n < 5; n += 1) live.followers.get('numbers:1')?.onMessages([reset]);
    slow.resolve([5]);
    await settled();
    expect(resource.value()).toEqual([5]);
    jest.advanceTimersByTime(60_000);
    await settled();

    expect(resource.value()).toEqual([9]);
    jest.advanceTimersByTime(60_000);
    await settled();
    expect(resource.problem()).toBeNull();
    jest.useRealTimers();
  });

  it('follows nothing without topics', async () => {
    const { live, topics, resource } = setUp(() => Promise.resolve([1]));
    await settled();

    topics.set([]);
    TestBed.tick();
    await settled();

    expect(live.followers.size).toBe(0);
    expect(resource.value()).toBeNull();
  });
});
