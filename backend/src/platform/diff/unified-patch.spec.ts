import { describe, expect, it } from '@jest/globals';
import { unifiedPatch } from './unified-patch.js';

const NOT_SHOWN = '… (the rest is not shown)\n';

function lines(word: string, count: number): string {
  return Array.from({ length: count }, (_, number) => `${word} ${String(number)}\n`).join('');
}

describe('unified patches', () => {
  it('begin with the names, and with nothing before them', () => {
    expect(unifiedPatch('f', 'a\nb\n', 'a\nc\n')).toBe(
      '--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n',
    );
  });

  it('name what is made and what is removed', () => {
    expect(unifiedPatch('f', null, 'a\n')).toBe('--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n');
    expect(unifiedPatch('f', 'a\n', null)).toBe('--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n');
  });

  it('are cut at the end of a line', () => {
    const patch = unifiedPatch('f', null, lines('a line that is long enough', 3000));

    expect(patch.length).toBeLessThan(66_000);
    expect(patch.endsWith(NOT_SHOWN)).toBe(true);
    expect(patch.slice(0, -NOT_SHOWN.length)).toMatch(/\n\+a line that is long enough \d+\n$/);
  });

  it('replace the whole where the shortest way would be far to seek', () => {
    const patch = unifiedPatch('f', `head\n${lines('old', 3000)}`, `head\n${lines('new', 2500)}`);

    expect(patch.startsWith('--- f\n+++ f\n@@ -1,3001 +1,2501 @@\n head\n-old 0\n-old 1\n')).toBe(
      true,
    );
    expect(patch).toContain('\n-old 2999\n+new 0\n');
    expect(patch.endsWith('+new 2499\n')).toBe(true);
  });

  it('are found for texts of any size without trying every way', () => {
    const patch = unifiedPatch('f', 'a\n'.repeat(130_000), 'b\n'.repeat(130_000));

    expect(patch.endsWith(NOT_SHOWN)).toBe(true);
  });
});
