import { beforeEach, describe, expect, it } from '@jest/globals';
import { NetworkJudge } from './network-judge.js';

/** A fleet that was up, of which some servers answer now. */
class Fleet {
  readonly asked: string[] = [];
  readonly changes: boolean[] = [];
  now = 1_000;

  constructor(
    private readonly names: readonly string[],
    readonly answering: Set<string>,
  ) {}

  judge(): NetworkJudge {
    return new NetworkJudge(
      {
        candidates: (count, except) =>
          Promise.resolve(this.names.filter((name) => !except.has(name)).slice(0, count)),
        answers: (name) => {
          this.asked.push(name);
          return Promise.resolve(this.answering.has(name));
        },
      },
      (lostSince) => {
        this.changes.push(lostSince !== null);
        return Promise.resolve();
      },
      () => this.now,
    );
  }
}

describe('NetworkJudge', () => {
  let fleet: Fleet;
  let judge: NetworkJudge;

  function setUp(names: readonly string[], answering: readonly string[]): void {
    fleet = new Fleet(names, new Set(answering));
    judge = fleet.judge();
  }

  beforeEach(() => {
    setUp(['a', 'b', 'c', 'd'], []);
  });

  it('loses the network once, when nobody answers', async () => {
    const verdicts = [];
    for (const name of ['a', 'b', 'c', 'd']) verdicts.push(await judge.isOwnNetwork(name, 900));

    expect(verdicts).toEqual([true, true, true, true]);
    expect(fleet.changes).toEqual([true]);
    expect(judge.networkLostSince).toEqual(new Date(1_000));
  });

  it('asks others only once for servers that fall silent together', async () => {
    const verdicts = await Promise.all(
      ['a', 'b', 'c'].map((name) => judge.isOwnNetwork(name, 900)),
    );

    expect(verdicts).toEqual([true, true, true]);
    expect(fleet.asked.filter((name) => name === 'd')).toHaveLength(1);
  });

  it('believes that a server is down when another one answers the question', async () => {
    setUp(['a', 'b', 'c', 'd'], ['c']);

    expect(await judge.isOwnNetwork('a', 900)).toBe(false);

    expect(fleet.changes).toEqual([]);
  });

  it('asks nobody when another one was heard since the silence began', async () => {
    await judge.heard('b');

    expect(await judge.isOwnNetwork('a', 900)).toBe(false);

    expect(fleet.asked).toEqual([]);
  });

  it('does not count what was heard before the silence began', async () => {
    await judge.heard('b');
    fleet.now = 5_000;

    expect(await judge.isOwnNetwork('a', 4_000)).toBe(true);
  });

  it('cannot tell with fewer than three servers, so the server is down', async () => {
    setUp(['a', 'b'], []);

    expect(await judge.isOwnNetwork('a', 900)).toBe(false);
  });

  it('does not count servers that were down before', async () => {
    // Candidates are servers that answered last time: there is none but the silent one.
    setUp(['a'], []);

    expect(await judge.isOwnNetwork('a', 900)).toBe(false);
  });

  it('finds the network again by the first answer', async () => {
    await judge.isOwnNetwork('a', 900);

    await judge.heard('c');

    expect(judge.networkLostSince).toBeNull();
    expect(fleet.changes).toEqual([true, false]);
  });

  it('looks for the network by itself while it is lost, and only then', async () => {
    await judge.lookForNetwork();
    expect(fleet.asked).toEqual([]);
    await judge.isOwnNetwork('a', 900);
    fleet.answering.add('b');

    await judge.lookForNetwork();

    expect(fleet.changes).toEqual([true, false]);
  });
});
