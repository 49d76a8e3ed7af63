import { Header } from 'tar';
import type { ToolFile } from './tool-tree.js';

/** Tar works in blocks of this size (POSIX.1-1988, ustar), bytes. */
const BLOCK = 512;

/** Neither the day of a checkout nor that of a build makes another archive. */
const MTIME = new Date('2020-01-01T00:00:00Z');

/**
 * Packs files into a tar archive that holds regular files only, in the given order. The same files give
 * the same bytes.
 */
export function packFiles(files: readonly ToolFile[]): Buffer {
  const blocks = files.flatMap(({ path, mode, bytes }) => {
    const header = new Header({
      path,
      mode: Number.parseInt(mode, 8),
      uid: 0,
      gid: 0,
      size: bytes.length,
      mtime: MTIME,
      type: 'File',
    });
    const needsMore = header.encode();
    if (needsMore || !header.block) throw new Error(`${path} does not fit into a tar header`);
    return [header.block, bytes, Buffer.alloc(padding(bytes.length))];
  });
  // Two empty blocks are the end.
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
