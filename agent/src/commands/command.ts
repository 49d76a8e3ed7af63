import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { LIMITS } from '@myx/protocol';
import type { CommandResult, CommandState, StreamOffsets } from '@myx/protocol';
import { log, messageOf } from '../log.ts';
import { OutputStream } from './output-stream.ts';
import type { CommandFiles, SpooledRequest } from './spool.ts';

/** A long poll looks again at least this often, should a notice of the kernel be missed. Milliseconds. */
const SAFETY_POLL_MS = 1000;

/** One command in the spool: running, or finished when it has a result. */
export class Command {
  readonly id: string;
  readonly request: SpooledRequest;
  readonly files: CommandFiles;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether it was announced that the program runs. */
  isAnnounced = false;
  result: CommandResult | undefined;
  readonly #waiters = new Set<() => void>();
  #watcher: FSWatcher | undefined;
  /** Cached once the output no longer grows. */
  #finalAllocation: number | undefined;

  constructor(request: SpooledRequest, files: CommandFiles) {
    this.id = request.command_id;
    this.request = request;
    this.files = files;
    const bound = {
      head: LIMITS.streamHeadBytes,
      tail: request.output_bytes - LIMITS.streamHeadBytes,
    };
    this.stdout = new OutputStream('stdout', files.stdout, bound);
    this.stderr = new OutputStream('stderr', files.stderr, bound);
  }

  /** What the wire tells of it. */
  get state(): CommandState {
    return {
      command_id: this.id,
      status: this.result === undefined ? 'running' : 'finished',
      accepted_at: this.request.accepted_at,
      request_sha256: this.request.request_sha256,
      stdout_bytes: this.result?.stdout_bytes ?? this.stdout.size,
      stderr_bytes: this.result?.stderr_bytes ?? this.stderr.size,
      result: this.result ?? null,
    };
  }

  /** Bytes its output occupies on disk. */
  get allocatedBytes(): number {
    if (this.#finalAllocation !== undefined) return this.#finalAllocation;
    const bytes = this.stdout.allocatedBytes + this.stderr.allocatedBytes;
    if (this.result !== undefined) this.#finalAllocation = bytes;
    return bytes;
  }

  /** Releases the middle of streams that have outgrown their bound. */
  async releaseOutput(): Promise<void> {
    await this.stdout.release();
    await this.stderr.release();
    this.#finalAllocation = undefined;
  }

  /** Stores the result and wakes whoever waits for it. */
  finish(result: CommandResult): void {
    this.result = result;
    for (const waiter of [...this.#waiters]) waiter();
  }

  /** Waits until there is output beyond `offsets`, or a result, or `waitMs` have passed. */
  waitForNews(offsets: StreamOffsets, waitMs: number): Promise<void> {
    return this.#wait(
      () => this.stdout.size > offsets.stdout || this.stderr.size > offsets.stderr,
      waitMs,
    );
  }

  /** Waits until there is a result, or `waitMs` have passed. */
  waitForEnd(waitMs: number): Promise<void> {
    return this.#wait(() => false, waitMs);
  }

  #wait(hasNews: () => boolean, waitMs: number): Promise<void> {
    const isOver = (): boolean => this.result !== undefined || hasNews();
    if (waitMs <= 0 || isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(deadline);
        clearInterval(safety);
        this.#waiters.delete(check);
        if (this.#waiters.size === 0) this.#stopWatching();
        resolve();
      };
      const check = (): void => {
        if (isOver()) done();
      };
      const deadline = setTimeout(done, waitMs);
      const safety = setInterval(check, SAFETY_POLL_MS);
      this.#waiters.add(check);
      this.#startWatching();
      // What happened before the watch began is seen here.
      check();
    });
  }

  #startWatching(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(this.files.directory, () => {
        for (const waiter of [...this.#waiters]) waiter();
      });
      this.#watcher.on('error', () => {
        this.#stopWatching();
      });
    } catch (error) {
      // No more watches to be had: the safety poll still finds everything, a second later.
      log('warn', 'output not watched', { command_id: this.id, error: messageOf(error) });
    }
  }

  #stopWatching(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
