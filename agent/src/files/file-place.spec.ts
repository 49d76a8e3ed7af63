import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkedParent, ForbiddenPath } from './file-place.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'myx-files-')));
  mkdirSync(path.join(root, 'real'));
  symlinkSync('/etc', path.join(root, 'link'));
  symlinkSync('/no/such', path.join(root, 'dangling'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('checkedParent', () => {
  it.each(['a', 'real/a', 'new/deep/a'])('allows %s', (name) => {
    const file = path.join(root, name);

    expect(checkedParent(file, [root])).toBe(path.dirname(file));
  });

  it.each([
    '../a',
    'real/../../a',
    'real//a',
    'real/./a',
    'real/',
    'link/passwd',
    'link/new/a',
    'a\0b',
  ])('forbids %j', (name) => {
    expect(() => checkedParent(`${root}/${name}`, [root])).toThrow(ForbiddenPath);
  });

  it('forbids what only begins like a root, and the root itself', () => {
    expect(() => checkedParent(`${root}x/a`, [root])).toThrow(ForbiddenPath);
    expect(() => checkedParent(root, [root])).toThrow(ForbiddenPath);
    expect(() => checkedParent('/etc/shadow', [root])).toThrow(ForbiddenPath);
  });
});
