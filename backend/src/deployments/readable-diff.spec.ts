import { describe, expect, it } from '@jest/globals';
import { Masker, prettyConfig, unifiedDiff } from './readable-diff.js';

describe('diffs for people', () => {
  it('shows what changes, and no secret', () => {
    const masker = new Masker(['hunter22', 'hunter33']);

    const diff = unifiedDiff('f', 'port 1\nkey hunter22\n', 'port 2\nkey hunter33\n', masker);

    expect(diff).toContain('-port 1');
    expect(diff).toContain('+port 2');
    expect(diff).not.toContain('hunter');
    expect(diff?.startsWith('--- f\n+++ f\n@@')).toBe(true);
  });

  it('tells that a secret changes when nothing else does', () => {
    const masker = new Masker(['hunter22', 'hunter33']);

    expect(unifiedDiff('f', 'hunter22', 'hunter33', masker)).toBe('f: a secret changes\n');
  });

  it('hides a secret of several lines in every form it is written in', () => {
    const key = '-----BEGIN KEY-----\nabcdefghijkl\n-----END KEY-----\n';
    const masker = new Masker([key]);

    expect(masker.mask(JSON.stringify({ key }))).not.toContain('abcdefghijkl');
    expect(masker.mask(key.replaceAll('\n', '\r\n'))).not.toContain('abcdefghijkl');
  });

  it('hides the longer of two secrets as a whole', () => {
    expect(new Masker(['abc', 'abcdef']).mask('abcdef')).toBe('••••');
  });

  it('answers null when nothing differs', () => {
    expect(unifiedDiff('f', 'a', 'a', new Masker([]))).toBeNull();
  });

  it('names what is made and what is removed', () => {
    expect(unifiedDiff('f', null, 'a\n', new Masker([]))).toContain('--- /dev/null');
    expect(unifiedDiff('f', 'a\n', null, new Masker([]))).toContain('+++ /dev/null');
  });

  it('compares configurations whatever the order of their keys', () => {
    expect(prettyConfig({ b: 1, a: { set: true, id: 'abcdef' } })).toBe(
      prettyConfig({ a: { id: 'abcdef', set: true }, b: 1 }),
    );
  });
});
