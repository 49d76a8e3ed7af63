import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf } from '../log.ts';

const RECORD = 16;

/**
 * Remembers for ever which command ids were forgotten, so that none can run again: 16 bytes of the id's
 * SHA-256 each, in 256 files by the first byte. A million ids take 16 MB, and asking reads 64 kB.
 */
export class Tombstones {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Whether an id was forgotten. */
  has(commandId: string): boolean {
    const digest = digestOf(commandId);
    const records = this.#read(digest);
    for (let at = 0; at + RECORD <= records.length; at += RECORD) {
      if (records.compare(digest, 0, RECORD, at, at + RECORD) === 0) return true;
    }
    return false;
  }

  /** Remembers an id durably; one that is remembered already is fine. */
  add(commandId: string): void {
    if (this.has(commandId)) return;
    const digest = digestOf(commandId);
    // A record cut short by a power failure is overwritten, so that all stay aligned.
    const end = Math.floor(this.#read(digest).length / RECORD) * RECORD;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    const descriptor = openSync(this.#file(digest), flags, 0o600);
    try {
      writeSync(descriptor, digest, 0, RECORD, end);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #read(digest: Buffer): Buffer {
    try {
      return readFileSync(this.#file(digest));
    } catch (error) {
      // Nothing with this first byte was forgotten yet.
      if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }

  #file(digest: Buffer): string {
    return path.join(this.#directory, digest.toString('hex', 0, 1));
  }
}

function digestOf(commandId: string): Buffer {
  return createHash('sha256').update(commandId).digest().subarray(0, RECORD);
}
