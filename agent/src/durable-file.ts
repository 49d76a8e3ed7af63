import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf } from './log.ts';

/**
 * Replaces a file as a whole: after a crash at any point the old or the new content is there, never a
 * part (write to a temporary file, fsync, rename, fsync of the directory).
 *
 * @param mode permission bits, whatever the umask
 */
export function writeFileDurably(file: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${file}.new`;
  removeIfPresent(temporary);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const descriptor = openSync(temporary, flags, mode);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  syncDirectory(path.dirname(file));
}

/** Makes the entries of a directory durable (fsync(2), notes on directories). */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a file; one that is not there is fine. */
export function removeIfPresent(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    // ENOENT is the wanted state.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
