import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const REFILL = 32;

/**
 * Keeps named pipes ready, because making one takes starting a program (mkfifo(1)) and taking a ready
 * one only a rename. Anybody who was handed one as output may open it again for writing, as scripts do
 * with /dev/stderr; the directories around it keep everyone else out.
 */
export class PipeStock {
  readonly #directory: string;
  readonly #ready: string[];
  #refill: Promise<void> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.#ready = readdirSync(directory).map((name) => path.join(directory, name));
  }

  /** Moves one pipe to each of the given places. */
  async take(...places: readonly string[]): Promise<void> {
    while (this.#ready.length < places.length) await this.fill();
    for (const place of places) {
      const pipe = this.#ready.pop();
      if (pipe !== undefined) renameSync(pipe, place);
    }
    if (this.#ready.length < REFILL / 4) {
      this.fill().catch(() => {
        // No room, for example: whoever takes the next pipe will see the reason.
      });
    }
  }

  /** Makes a number of pipes unless there are enough. */
  fill(): Promise<void> {
    this.#refill ??= this.#make().finally(() => {
      this.#refill = undefined;
    });
    return this.#refill;
  }

  async #make(): Promise<void> {
    if (this.#ready.length >= REFILL) return;
    const pipes = Array.from({ length: REFILL }, () =>
      path.join(this.#directory, randomBytes(12).toString('hex')),
    );
    await promisify(execFile)('mkfifo', ['--mode=0622', '--', ...pipes], { timeout: 10_000 });
    this.#ready.push(...pipes);
  }
}
