import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';

/** What a directory takes, and what its file system has left; bytes. */
export interface DirectoryUsage {
  readonly used_bytes: number;
  readonly free_bytes: number;
  readonly total_bytes: number;
}

/**
 * Measures a directory with everything below it, as `du` does: what is allocated, links not followed.
 *
 * @throws Error when the directory itself cannot be read
 */
export async function directoryUsage(directory: string): Promise<DirectoryUsage> {
  const [{ bavail, blocks, bsize }, used] = await Promise.all([
    statfs(directory),
    allocated(directory),
  ]);
  return { used_bytes: used, free_bytes: bavail * bsize, total_bytes: blocks * bsize };
}

async function allocated(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map((entry) => sizeOf(path.join(directory, entry.name), entry.isDirectory())),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeOf(place: string, isDirectory: boolean): Promise<number> {
  try {
    return isDirectory ? await allocated(place) : (await lstat(place)).blocks * 512;
  } catch (error) {
    // The database removes files of its own while it is measured; anything else is worth knowing.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return 0;
  }
}
