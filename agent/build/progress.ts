/** Hears one line for the person who waits. */
export type Say = (line: string) => void;

const MEBIBYTE = 1024 * 1024;

/** Tells how much of a number of bytes is done, so that minutes of work are not one silent line. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #say: Say;
  readonly #now: () => number;
  readonly #startedAt: number;
  #done = 0;

  constructor(what: string, total: number, say: Say, now: () => number = Date.now) {
    this.#what = what;
    this.#total = total;
    this.#say = say;
    this.#now = now;
    this.#startedAt = now();
    say(`${what} (${mebibytes(total)}) ...`);
  }

  /** So many bytes are done. */
  reached(bytes: number): void {
    this.#done = bytes;
  }

  /** Says how far it is. */
  tell(): void {
    const percent = Math.floor((this.#done / Math.max(this.#total, 1)) * 100);
    this.#say(`${this.#what}: ${percent} % read, ${this.#seconds()} s so far`);
  }

  /** All is done, and the result has this size. */
  finished(size: number): void {
    this.#say(`${this.#what}: ${mebibytes(size)} in ${this.#seconds()} s`);
  }

  #seconds(): number {
    return Math.round((this.#now() - this.#startedAt) / 1000);
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
}
