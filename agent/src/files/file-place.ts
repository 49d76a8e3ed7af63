import { realpathSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../log.ts';

/** A path that file transfer must not touch, with the reason. */
export class ForbiddenPath extends Error {
  override readonly name = 'ForbiddenPath';
}

/**
 * The directory of a file, checked: below one of the roots, in canonical form, and reached through no
 * symbolic link. Directories that do not exist yet are fine.
 *
 * @throws ForbiddenPath
 */
export function checkedParent(file: string, roots: readonly string[]): string {
  if (file.includes('\0') || path.posix.normalize(file) !== file || file.endsWith('/')) {
    throw new ForbiddenPath('the path is not in canonical form');
  }
  const parent = path.dirname(file);
  const root = roots.find(
    (candidate) => parent === candidate || parent.startsWith(`${candidate}/`),
  );
  if (root === undefined) throw new ForbiddenPath('the path is outside the allowed directories');
  const existing = deepestExisting(parent);
  if (realpathSync(existing) !== existing) {
    throw new ForbiddenPath('the path leads through a symbolic link');
  }
  return parent;
}

function deepestExisting(directory: string): string {
  for (let candidate = directory; ; candidate = path.dirname(candidate)) {
    try {
      realpathSync(candidate);
      return candidate;
    } catch (error) {
      // Not made yet. A dangling link is ENOENT too: making the directory fails on it.
      if (codeOf(error) !== 'ENOENT' || candidate === '/') throw error;
    }
  }
}
