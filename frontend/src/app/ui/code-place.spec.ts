import { describe, expect, it } from '@jest/globals';
import { countLines, rangeAt } from './code-place';
import type { CodeLines } from './code-place';

const TEXT = '- hosts: localhost\n  tasks:\n    - nosuch: 1\n\n';

function linesOf(text: string): CodeLines {
  const all = text.split('\n');
  return {
    lines: all.length,
    line: (number) => {
      const from = all.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
      const line = all[number - 1] ?? '';
      return { from, to: from + line.length, text: line };
    },
  };
}

function marked(line: number, column: number): string {
  const { from, to } = rangeAt(linesOf(TEXT), { line, column });
  return TEXT.slice(from, to);
}

describe('rangeAt', () => {
  it('marks the word at a place', () => {
    expect(marked(1, 3)).toBe('hosts');
    expect(marked(1, 10)).toBe('localhost');
  });

  it('marks the rest of the line where there is no word', () => {
    expect(marked(3, 5)).toBe('- nosuch: 1');
  });

  it('marks the whole line for a place behind its end', () => {
    expect(marked(2, 80)).toBe('tasks:');
  });

  it('brings places outside of the text into it', () => {
    expect(marked(0, 0)).toBe('- hosts: localhost');
    expect(marked(99, 1)).toBe('');
    expect(marked(4, 1)).toBe('');
  });
});

describe('countLines', () => {
  it('counts no further than it has to', () => {
    expect(countLines('', 10)).toBe(1);
    expect(countLines('a\nb\n', 10)).toBe(3);
    expect(countLines('\n'.repeat(1000), 10)).toBe(10);
  });
});
