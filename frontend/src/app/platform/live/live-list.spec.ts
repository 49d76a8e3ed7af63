import { describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { signal } from '@angular/core';
import type { WritableSignal } from '@angular/core';
import { LiveConnection } from './live-connection';
import type { LiveFollower } from './live-buffer';
import { liveList } from './live-list';
import type { ListPage, LiveList, LiveListOptions } from './live-list';

interface Item {
  readonly id: string;
  readonly state: string;
}

const item = (id: string, state = 'running'): Item => ({ id, state });

/** A list of `all`, newest first, in parts of two, and the connection that tells news of it. */
function followed(
  all: Item[],
  options: Partial<LiveListOptions<Item, string>> = {},
): {
  list: LiveList<Item>;
  query: WritableSignal<string>;
  asked: string[];
  tell: (id: string, state: string) => void;
  resync: () => void;
} {
  const asked: string[] = [];
  const query = signal('running');
  let follower: LiveFollower | null = null;
  const live: Pick<LiveConnection, 'follow'> = {
    follow: (_topic, given) => {
      follower = given;
      return { ready: Promise.resolve(), stop: () => undefined };
    },
  };
  TestBed.configureTestingModule({ providers: [{ provide: LiveConnection, useValue: live }] });
  const list = TestBed.runInInjectionContext(() =>
    liveList<Item, string>({
      query,
      page: (question, cursor): Promise<ListPage<Item>> => {
        asked.push(`${question}@${cursor ?? ''}`);
        const from = Number(cursor ?? 0);
        const isLast = from + 2 >= all.length;
        return Promise.resolve({
          items: all.slice(from, from + 2),
          next_cursor: isLast ? null : String(from + 2),
        });
      },
      idOf: ({ id }) => id,
      topic: 'things',
      change: (known, { data }) => ({ ...known, state: String(data.state) }),
      accepts: ({ state }, question) => state === question,
      ...options,
    }),
  );
  TestBed.tick();
  return {
    list,
    query,
    asked,
    tell: (id, state) => {
      follower?.onMessages([{ topic: 'things', type: 'thing_changed', data: { id, state } }]);
    },
    resync: () => {
      follower?.onResync();
    },
  };
}

const whole = (...items: readonly Item[]): ListPage<Item> => ({ items, next_cursor: null });

const settled = async (): Promise<void> => {
  for (let at = 0; at < 10; at += 1) await Promise.resolve();
};
const idsOf = (list: LiveList<Item>): readonly string[] | undefined =>
  list.items()?.map(({ id }) => id);

describe('liveList', () => {
  it('fetches the newest part, and older parts on demand', async () => {
    const { list, asked } = followed([item('e'), item('d'), item('c'), item('b'), item('a')]);
    await settled();
    expect(idsOf(list)).toEqual(['e', 'd']);

    await list.more();
    await list.more();

    expect(idsOf(list)).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(list.hasMore()).toBe(false);
    expect(asked).toEqual(['running@', 'running@2', 'running@4']);
  });

  it('changes what is known, and drops what is not asked for any more', async () => {
    const { list, tell } = followed([item('b'), item('a')]);
    await settled();

    tell('a', 'finished');

    expect(idsOf(list)).toEqual(['b']);
  });

  it('keeps what was told while an older answer was on its way', async () => {
    const newest = Promise.withResolvers<ListPage<Item>>();
    const older = Promise.withResolvers<ListPage<Item>>();
    const { list, tell } = followed([], {
      page: (_question, cursor) => (cursor === undefined ? newest.promise : older.promise),
      accepts: () => true,
    });
    newest.resolve({ items: [item('b')], next_cursor: '1' });
    await settled();
    void list.more();
    void list.reload();

    tell('b', 'finished');
    tell('a', 'finished');
    older.resolve({ items: [item('a')], next_cursor: null });
    await settled();

    expect(list.items()).toEqual([item('b', 'finished'), item('a', 'finished')]);
  });

  it('puts what is new before what was loaded', async () => {
    jest.useFakeTimers();
    try {
      const all = [item('c'), item('b'), item('a')];
      const { list, tell } = followed(all);
      await settled();
      await list.more();
      all.unshift(item('d'));

      tell('d', 'running');
      jest.runAllTimers();
      await settled();

      expect(idsOf(list)).toEqual(['d', 'c', 'b', 'a']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('fetches what changed where the news do not tell how', async () => {
    jest.useFakeTimers();
    try {
      const all = [item('d'), item('c'), item('b'), item('a')];
      const { list, tell } = followed(all, { outdates: () => true });
      await settled();
      await list.more();
      all.splice(0, 2, item('c'));

      tell('d', 'finished');
      jest.runAllTimers();
      await settled();

      expect(idsOf(list)).toEqual(['c', 'b', 'a']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('starts anew for another question and after a cut', async () => {
    const { list, query, asked, resync } = followed([item('b'), item('a')]);
    await settled();

    query.set('failed');
    TestBed.tick();
    expect(list.items()).toBeNull();
    await settled();
    resync();
    await settled();

    expect(asked).toEqual(['running@', 'failed@', 'failed@']);
    expect(idsOf(list)).toEqual(['b', 'a']);
  });

  it('asks again for what was told before the first answer, which left before it', async () => {
    jest.useFakeTimers();
    try {
      const first = Promise.withResolvers<ListPage<Item>>();
      const answers = [first.promise];
      const { list, tell } = followed([], {
        page: () => answers.shift() ?? Promise.resolve(whole(item('b'), item('a'))),
      });
      await settled();

      tell('b', 'running');
      first.resolve(whole(item('a')));
      await settled();
      jest.runAllTimers();
      await settled();

      expect(idsOf(list)).toEqual(['b', 'a']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('keeps the later of two answers, whichever comes first', async () => {
    const earlier = Promise.withResolvers<ListPage<Item>>();
    const answers = [Promise.resolve(whole()), earlier.promise];
    const { list } = followed([], {
      page: () => answers.shift() ?? Promise.resolve(whole(item('b'))),
    });
    await settled();

    void list.reload();
    await list.reload();
    earlier.resolve(whole(item('a')));
    await settled();

    expect(idsOf(list)).toEqual(['b']);
  });

  it('leaves no hole where more is new than a part holds', async () => {
    jest.useFakeTimers();
    try {
      const all = [item('c'), item('b'), item('a')];
      const { list, tell } = followed(all);
      await settled();
      await list.more();
      all.unshift(item('g'), item('f'), item('e'), item('d'));

      tell('g', 'running');
      jest.runAllTimers();
      await settled();
      expect(idsOf(list)).toEqual(['g', 'f']);

      await list.more();
      expect(idsOf(list)).toEqual(['g', 'f', 'e', 'd']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('leaves no hole where it began anew while an older part was on its way', async () => {
    const older = Promise.withResolvers<ListPage<Item>>();
    const answers = [
      Promise.resolve({ items: [item('b')], next_cursor: 'behind b' }),
      older.promise,
      Promise.resolve({ items: [item('d')], next_cursor: 'behind d' }),
    ];
    const { list, resync } = followed([], {
      page: () => answers.shift() ?? Promise.resolve(whole()),
    });
    await settled();

    void list.more();
    resync();
    await settled();
    older.resolve(whole(item('a')));
    await settled();

    expect(idsOf(list)).toEqual(['d']);
    expect(list.hasMore()).toBe(true);
  });
});
