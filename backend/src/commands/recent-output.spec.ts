import { describe, expect, it } from '@jest/globals';
import { RecentOutput } from './recent-output.js';

const MEBIBYTE = 1024 * 1024;

function piece(offset: number, bytes: Buffer) {
  return { stream: 'stdout', offset, bytes } as const;
}

describe('RecentOutput', () => {
  it('gives back what starts at an offset, and nothing else', () => {
    const recent = new RecentOutput();
    recent.add('a', [piece(0, Buffer.from('one')), piece(3, Buffer.from('two'))]);

    expect(String(recent.at('a', 'stdout', 3))).toBe('two');
    expect(recent.at('a', 'stdout', 1)).toBeUndefined();
    expect(recent.at('a', 'stderr', 0)).toBeUndefined();
    expect(recent.at('b', 'stdout', 0)).toBeUndefined();
  });

  it('drops the oldest when there is too much', () => {
    const recent = new RecentOutput();
    for (let n = 0; n < 40; n += 1) {
      recent.add('a', [piece(n * MEBIBYTE, Buffer.alloc(MEBIBYTE))]);
    }

    expect(recent.at('a', 'stdout', 0)).toBeUndefined();
    expect(recent.at('a', 'stdout', 39 * MEBIBYTE)).toHaveLength(MEBIBYTE);
    const kept = Array.from({ length: 40 }, (_unused, n) => recent.at('a', 'stdout', n * MEBIBYTE));
    expect(kept.filter((bytes) => bytes !== undefined)).toHaveLength(32);
  });
});
