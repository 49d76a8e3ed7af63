import { copyFile, open, stat, truncate } from 'node:fs/promises';
import type { Logger } from 'pino';

import { isErrno } from './postgres-account.js';

const LIMIT_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 2000;

/** The file to which the server appends its log, whoever started it. */
export class PostgresLog {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #limitBytes: number;

  constructor(path: string, logger: Logger, limitBytes = LIMIT_BYTES) {
    this.#path = path;
    this.#logger = logger;
    this.#limitBytes = limitBytes;
  }

  /**
   * Moves the content to `<path>.1` when the file has grown beyond 10 MiB. The server keeps writing to the
   * same file, which it opened for appending; lines of the moment in between may be lost.
   */
  async bound(): Promise<void> {
    try {
      if ((await stat(this.#path)).size <= this.#limitBytes) return;
      await copyFile(this.#path, `${this.#path}.1`);
      await truncate(this.#path);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return;
      this.#logger.warn(
        { err: error },
        'the log of the embedded PostgreSQL could not be shortened',
      );
    }
  }

  /** The last lines, 2000 bytes at most. */
  async tail(): Promise<string> {
    const file = await open(this.#path);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, TAIL_BYTES);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8').trimEnd();
    } finally {
      await file.close();
    }
  }
}
