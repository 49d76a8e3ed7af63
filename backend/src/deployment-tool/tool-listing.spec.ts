import { describe, expect, it } from '@jest/globals';
import { differenceOf, isSame, parseListing } from './tool-listing.js';
import type { ToolFile } from './tool-tree.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

function wanted(path: string, sha256 = A, mode: ToolFile['mode'] = '0644'): ToolFile {
  return { path, sha256, mode, bytes: Buffer.alloc(0) };
}

/** A listing as the script prints it. */
function listing(entries: readonly string[], sums: readonly string[]): Buffer {
  return Buffer.from([...entries, '@', ...sums, ''].join('\0'));
}

const root = 'd 755 0:0 ';
const right = listing(
  [root, 'f 644 0:0 one', 'd 755 0:0 dir', 'f 755 0:0 dir/two'],
  [`${A}  ./one`, `${B}  ./dir/two`],
);
const tree = [wanted('one'), wanted('dir/two', B, '0755')];

describe('differenceOf', () => {
  it('finds nothing where everything is right', () => {
    const difference = differenceOf(tree, parseListing(right));

    expect(difference).toEqual({ changed: [], wrongMode: [], extra: [] });
    expect(isSame(difference)).toBe(true);
  });

  it('sends everything to where nothing is', () => {
    const difference = differenceOf(tree, parseListing(Buffer.alloc(0)));

    expect(difference.changed).toEqual(tree);
    expect(isSame(difference)).toBe(false);
  });

  it('believes digests, not names', () => {
    const listed = listing(
      [root, 'f 644 0:0 one', 'd 755 0:0 dir', 'f 755 0:0 dir/two'],
      [`${B}  ./one`, `${B}  ./dir/two`],
    );

    expect(differenceOf(tree, parseListing(listed)).changed).toEqual([tree[0]]);
  });

  it.each([
    ['a mode', ['f 777 0:0 one'], 'one'],
    ['a set-user-id bit', ['f 4644 0:0 one'], 'one'],
    ['an owner', ['f 644 0:5 one'], 'one'],
    ['the mode of the directory itself', ['d 777 0:0 ', 'f 644 0:0 one'], ''],
  ])('corrects %s', (_what, entries, path) => {
    const listed = parseListing(listing(entries, [`${A}  ./one`]));

    expect(differenceOf([wanted('one')], listed)).toEqual({
      changed: [],
      wrongMode: [path],
      extra: [],
    });
  });

  it('removes what does not belong there, whatever its name', () => {
    const odd = 'a\nf 644 0:0 one';
    const listed = listing(
      [
        root,
        'f 644 0:0 one',
        'l 777 0:0 link',
        `f 644 0:0 ${odd}`,
        'd 755 0:0 empty',
        'p 644 0:0 pipe',
      ],
      [`${A}  ./one`, `${B}  ./${odd}`],
    );

    expect(differenceOf([wanted('one')], parseListing(listed)).extra).toEqual([
      'link',
      'pipe',
      odd,
      'empty',
    ]);
  });

  it('takes a link for no file, and a file that could not be read for none', () => {
    const listed = listing([root, 'l 777 0:0 one', 'f 644 0:0 two'], []);

    const difference = differenceOf([wanted('one'), wanted('two')], parseListing(listed));

    expect(difference.changed.map(({ path }) => path)).toEqual(['one', 'two']);
  });
});
