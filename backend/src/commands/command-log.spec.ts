import { describe, expect, it } from '@jest/globals';
import { getCommandLog } from '@myx/protocol';
import type { CommandLog } from '@myx/protocol';
import { appendOf } from './command-log.js';
import { mergeGaps, ROW_BYTES } from './output.repository.js';

function log(changes: Partial<CommandLog>): CommandLog {
  return getCommandLog.result.parse({
    command_id: 'command-1',
    chunks: [],
    new_offsets: { stdout: 0, stderr: 0 },
    gaps: [],
    is_final: false,
    result: null,
    ...changes,
  });
}

function chunk(offset: number, text: string | Buffer, type: 'stdout' | 'stderr' = 'stdout') {
  return { log_type: type, offset, log_data: Buffer.from(text).toString('base64') } as const;
}

const START = { stdout: 0, stderr: 0 };

describe('appendOf', () => {
  it('keeps both streams apart', () => {
    const append = appendOf(
      log({
        chunks: [chunk(0, 'out'), chunk(0, 'error', 'stderr')],
        new_offsets: { stdout: 3, stderr: 5 },
      }),
      START,
    );

    expect(
      append.pieces.map(({ stream, offset, bytes }) => [stream, offset, String(bytes)]),
    ).toEqual([
      ['stdout', 0, 'out'],
      ['stderr', 0, 'error'],
    ]);
    expect(append).toMatchObject({
      from: START,
      to: { stdout: 3, stderr: 5 },
      gaps: [],
      result: null,
    });
  });

  it('cuts what is larger than a row', () => {
    const append = appendOf(
      log({
        chunks: [chunk(10, Buffer.alloc(ROW_BYTES + 1))],
        new_offsets: { stdout: ROW_BYTES + 11, stderr: 0 },
      }),
      { stdout: 10, stderr: 0 },
    );

    expect(append.pieces.map(({ offset, bytes }) => [offset, bytes.length])).toEqual([
      [10, ROW_BYTES],
      [10 + ROW_BYTES, 1],
    ]);
  });

  it('takes chunks and gaps in any order', () => {
    const append = appendOf(
      log({
        chunks: [chunk(8, 'tail'), chunk(0, 'head')],
        gaps: [{ log_type: 'stdout', from: 4, to: 8 }],
        new_offsets: { stdout: 12, stderr: 0 },
      }),
      START,
    );

    expect(append.pieces.map(({ bytes }) => String(bytes))).toEqual(['head', 'tail']);
    expect(append.gaps).toEqual([{ stream: 'stdout', from: 4, to: 8 }]);
  });

  it.each<[string, Partial<CommandLog>]>([
    ['a hole', { chunks: [chunk(1, 'x')], new_offsets: { stdout: 2, stderr: 0 } }],
    [
      'an overlap',
      { chunks: [chunk(0, 'xx'), chunk(1, 'y')], new_offsets: { stdout: 2, stderr: 0 } },
    ],
    ['an end somewhere else', { chunks: [chunk(0, 'x')], new_offsets: { stdout: 5, stderr: 0 } }],
    ['an end without bytes', { new_offsets: { stdout: 0, stderr: 1 } }],
    [
      'a gap over bytes',
      {
        chunks: [chunk(0, 'abc')],
        gaps: [{ log_type: 'stdout', from: 1, to: 3 }],
        new_offsets: { stdout: 3, stderr: 0 },
      },
    ],
  ])('refuses %s', (_name, changes) => {
    expect(() => appendOf(log(changes), START)).toThrow(/^stdout|^stderr/);
  });
});

describe('mergeGaps', () => {
  it('joins what touches or overlaps, per stream', () => {
    const gaps = mergeGaps([
      { stream: 'stdout', from: 8, to: 10 },
      { stream: 'stdout', from: 4, to: 8 },
      { stream: 'stderr', from: 6, to: 9 },
      { stream: 'stdout', from: 20, to: 30 },
      { stream: 'stdout', from: 5, to: 6 },
    ]);

    expect(gaps).toEqual([
      { stream: 'stderr', from: 6, to: 9 },
      { stream: 'stdout', from: 4, to: 10 },
      { stream: 'stdout', from: 20, to: 30 },
    ]);
  });
});
