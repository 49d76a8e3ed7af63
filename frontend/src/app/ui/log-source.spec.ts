import { describe, expect, it } from '@jest/globals';
import { signal } from '@angular/core';
import { LOG_WINDOW_BYTES, LogCursor, catchUp } from './log-source';
import type { LogSource } from './log-source';

function sourceOf(text: string, piece = Number.POSITIVE_INFINITY): LogSource & { reads: number[] } {
  const bytes = new TextEncoder().encode(text);
  const reads: number[] = [];
  return {
    size: signal(bytes.length),
    isError: false,
    reads,
    read: (offset, limit) => {
      reads.push(offset);
      const part = bytes.slice(offset, offset + Math.min(limit, piece));
      return Promise.resolve({ bytes: part, next: offset + part.length });
    },
  };
}

async function readAll(cursor: LogCursor): Promise<string> {
  let text = '';
  while (cursor.end < cursor.source.size()) text += await cursor.next(new AbortController().signal);
  return text;
}

describe('LogCursor', () => {
  it('reads a short output from its beginning', async () => {
    expect(await readAll(new LogCursor(sourceOf('one\ntwo\n')))).toBe('one\ntwo\n');
  });

  it('puts characters together that were cut between two pieces', async () => {
    expect(await readAll(new LogCursor(sourceOf('a€中\n', 1)))).toBe('a€中\n');
  });

  it('starts a long output near its end, at a whole line, and never reads what is before', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const source = sourceOf(line.repeat(20_000));

    const cursor = new LogCursor(source);
    const text = await readAll(cursor);

    expect(cursor.start).toBe(2_000_000 - LOG_WINDOW_BYTES);
    expect(Math.min(...source.reads)).toBe(cursor.start);
    expect(text.length % 100).toBe(0);
    expect(text.length).toBeGreaterThan(LOG_WINDOW_BYTES - 200);
  });

  it('goes back by windows until the beginning', () => {
    const source = sourceOf('x'.repeat(LOG_WINDOW_BYTES * 2 + 10));
    const cursor = new LogCursor(source);

    expect(cursor.earlier().start).toBe(10);
    expect(cursor.earlier().earlier().start).toBe(0);
  });

  it('answers nothing while nothing new was written', async () => {
    const cursor = new LogCursor(sourceOf(''));

    expect(await cursor.next(new AbortController().signal)).toBe('');
  });
});

describe('catchUp', () => {
  /** A source that grows by a line with every read of it, until `lines` are written. */
  function growing(name: string, lines: number): LogSource {
    const size = signal(name.length);
    return {
      size,
      isError: false,
      read: (offset, limit) => {
        const text = name.repeat(lines).slice(offset, offset + limit);
        size.update((bytes) => Math.min(bytes + name.length, name.length * lines));
        return Promise.resolve({
          bytes: new TextEncoder().encode(text),
          next: offset + text.length,
        });
      },
    };
  }

  it('lets no source wait for another one that grows as fast as it is read', async () => {
    const shown: string[] = [];
    const cursors = [growing('out\n', 3), growing('err\n', 2)].map((each) => new LogCursor(each));

    await catchUp(
      cursors,
      (text) => Promise.resolve(void shown.push(text)),
      new AbortController().signal,
    );

    expect(shown).toEqual(['out\n', 'err\n', 'out\n', 'err\n', 'out\n']);
  });

  it('shows nothing any more once it is aborted', async () => {
    const shown: string[] = [];
    const aborter = new AbortController();

    await catchUp(
      [new LogCursor(growing('out\n', 3))],
      (text) => {
        shown.push(text);
        aborter.abort();
        return Promise.resolve();
      },
      aborter.signal,
    );

    expect(shown).toEqual(['out\n']);
  });
});
