import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChainHead } from './audit-verification.js';

const FILE = 'audit-checkpoint';

/**
 * The last known head of the audit chain, noted in the data directory: outside the database, so that
 * cutting the log's end or restoring an old backup shows at the next verification.
 */
export class AuditCheckpoint {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, FILE);
  }

  /**
   * The head noted last, or null when none was.
   *
   * @throws Error when the file is there but is not a checkpoint.
   */
  async read(): Promise<ChainHead | null> {
    try {
      return parseHead(await readFile(this.#path, 'utf8'));
    } catch (error) {
      // ENOENT: nothing was noted yet. Anything else must not pass for "nothing to compare with".
      if (isMissing(error)) return null;
      throw new Error(`the audit checkpoint ${this.#path} cannot be read`, { cause: error });
    }
  }

  /** Replaces the noted head: whole or not at all, also after a power cut. */
  async write(head: ChainHead): Promise<void> {
    const temporary = `${this.#path}.new`;
    await using file = await open(temporary, 'w', 0o600);
    await file.writeFile(`${formatHead(head)}\n`);
    await file.sync();
    await rename(temporary, this.#path);
    await using directory = await open(dirname(this.#path), 'r');
    await directory.sync();
  }
}

/** A head as text: `<number>:<hash in hexadecimal>`. */
export function formatHead(head: ChainHead): string {
  return `${String(head.seq)}:${head.hash.toString('hex')}`;
}

/**
 * The inverse of {@link formatHead}.
 *
 * @throws Error when `text` is no head.
 */
export function parseHead(text: string): ChainHead {
  const [, seq, hash] = /^(\d{1,18}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new Error('a head is <number>:<64 hexadecimal digits>');
  }
  return { seq: BigInt(seq), hash: Buffer.from(hash, 'hex') };
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
