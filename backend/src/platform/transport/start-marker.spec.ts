import { describe, expect, it } from '@jest/globals';
import { StartMarkFilter, StartMarks } from './start-marker.js';

const marks = new StartMarks('nonce');

function pass(...chunks: readonly string[]): { own: string; filter: StartMarkFilter } {
  const filter = new StartMarkFilter(marks);
  const own = Buffer.concat(chunks.map((chunk) => filter.push(Buffer.from(chunk)))).toString();
  return { own, filter };
}

describe('StartMarkFilter', () => {
  const whole = 'Welcome\nnonce-started 4711\nmine\n';

  it('gives only what comes after the mark', () => {
    const { own, filter } = pass(whole);

    expect({
      own,
      started: filter.started,
      group: filter.processGroup,
      before: filter.preamble,
    }).toEqual({
      own: 'mine\n',
      started: true,
      group: 4711,
      before: 'Welcome\n',
    });
  });

  it('finds a mark in pieces', () => {
    const { own, filter } = pass(...Array.from(whole));

    expect([own, filter.processGroup]).toEqual(['mine\n', 4711]);
  });

  it('takes a second mark for output', () => {
    expect(pass('nonce-started 5\nnonce-started 6\n').own).toBe('nonce-started 6\n');
  });

  it('has not started without a whole mark', () => {
    for (const text of ['', 'Welcome\n', 'nonce-started 4711', 'other-started 1\n']) {
      expect(pass(text)).toMatchObject({ own: '', filter: { started: false } });
    }
  });

  it.each(['0', '1', '-1', 'x', '', '1e3x', '99999999999999999999'])(
    'names no group for %j',
    (group) => {
      const { filter } = pass(`nonce-started ${group}\n`);

      expect([filter.started, filter.processGroup]).toEqual([true, undefined]);
    },
  );

  it('keeps at most 64 KiB of what comes before', () => {
    const { filter } = pass(...Array.from({ length: 100 }, () => 'x'.repeat(10_000)));

    expect(filter.preamble).toHaveLength(64 * 1024);
  });
});

describe('StartMarks', () => {
  it('differ from start to start', () => {
    expect(new StartMarks().started).not.toBe(new StartMarks().started);
  });

  it('hand the program over as separate arguments', () => {
    expect(marks.wrap(['echo', 'a b'])).toEqual([
      '/bin/sh',
      '-c',
      expect.stringContaining('exec "$@"'),
      'nonce-started',
      'echo',
      'a b',
    ]);
  });
});
