import { describe, expect, it } from '@jest/globals';
import { diffCounts, diffLines } from './diff-lines';

const CHANGED = `--- /etc/caddy/Caddyfile\t
+++ /etc/caddy/Caddyfile\t
@@ -3,4 +3,5 @@
 site {
-  respond "old"
+  respond "new"
+  log
 }
 # end
`;

describe('diffLines', () => {
  it('numbers what stays, comes and goes', () => {
    const lines = diffLines(CHANGED);

    expect(lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['part', null, null],
      ['same', 3, 3],
      ['removed', 4, null],
      ['added', null, 4],
      ['added', null, 5],
      ['same', 5, 6],
      ['same', 6, 7],
    ]);
    expect(lines[2]?.text).toBe('  respond "old"');
    expect(diffCounts(lines)).toEqual({ added: 2, removed: 1 });
  });

  it('takes lines that look like headings for what they are inside a part', () => {
    const lines = diffLines('--- a\n+++ a\n@@ -1,2 +1,2 @@\n--- rule\n+++ rule\n same\n');

    expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['part', '@@ -1,2 +1,2 @@'],
      ['removed', '-- rule'],
      ['added', '++ rule'],
      ['same', 'same'],
    ]);
  });

  it('names the files where there are several, the removed one by its old name', () => {
    const lines = diffLines(
      '--- a\n+++ a\n@@ -1 +1 @@\n-x\n+y\n--- b\n+++ /dev/null\n@@ -1 +0,0 @@\n-z\n',
    );

    expect(lines.filter(({ kind }) => kind === 'file').map(({ text }) => text)).toEqual(['a', 'b']);
    expect(diffCounts(lines)).toEqual({ added: 1, removed: 2 });
  });

  it('keeps a sentence that stands in place of a diff or ends it', () => {
    expect(diffLines('config.json: a secret changes\n')).toEqual([
      { kind: 'note', text: 'config.json: a secret changes', before: null, after: null },
    ]);
    const cut = diffLines(
      '--- /dev/null\n+++ a\n@@ -0,0 +1,9 @@\n+one\n… (the rest is not shown)\n',
    );
    expect(cut.map(({ kind }) => kind)).toEqual(['part', 'added', 'note']);
  });

  it('leaves out what only repeats the headings', () => {
    const lines = diffLines(`Index: a\n${'='.repeat(67)}\n--- a\n+++ a\n@@ -1 +1 @@\n-x\n+y\n`);

    expect(lines.map(({ kind }) => kind)).toEqual(['part', 'removed', 'added']);
  });

  it('says nothing of a missing newline', () => {
    const lines = diffLines(
      '--- a\n+++ a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n\\ No newline at end of file\n',
    );

    expect(lines.map(({ kind }) => kind)).toEqual(['part', 'removed', 'added']);
  });
});
