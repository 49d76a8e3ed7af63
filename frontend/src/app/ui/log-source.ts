import type { Signal } from '@angular/core';

/** Bytes of a stream, and where to go on: further than they are long where some are not kept. */
export interface LogPiece {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/** One stream of output that is read piece by piece. */
export interface LogSource {
  /** Bytes that can be read by now; grows while it is written. */
  readonly size: Signal<number>;
  /** Shown as an error stream. */
  readonly isError: boolean;
  /** What is between `offset` and `offset + limit`; `next` is always further than `offset`. */
  read(offset: number, limit: number, signal: AbortSignal): Promise<LogPiece>;
}

/** Bytes of one stream that are loaded at first, and by which it is gone back. */
export const LOG_WINDOW_BYTES = 512 * 1024;

/** Bytes asked for at once. */
const PIECE_BYTES = 128 * 1024;

/**
 * The loaded part of one stream: from `start` to `end`. A long output is not loaded whole: it starts near
 * the end, and going back moves the start.
 */
export class LogCursor {
  start: number;
  end: number;
  private readonly decoder = new TextDecoder();
  private skipsPartialLine: boolean;

  constructor(
    readonly source: LogSource,
    start = Math.max(0, source.size() - LOG_WINDOW_BYTES),
  ) {
    this.start = start;
    this.end = start;
    this.skipsPartialLine = start > 0;
  }

  /** Whether more can be read than was read so far. */
  get isBehind(): boolean {
    return this.end < this.source.size();
  }

  /** A cursor that starts one window earlier. */
  earlier(): LogCursor {
    return new LogCursor(this.source, Math.max(0, this.start - LOG_WINDOW_BYTES));
  }

  /** Text after what was read so far; empty when there is nothing yet. */
  async next(signal: AbortSignal): Promise<string> {
    const available = this.source.size() - this.end;
    if (available <= 0) return '';
    const { bytes, next } = await this.source.read(
      this.end,
      Math.min(available, PIECE_BYTES),
      signal,
    );
    this.end = next;
    return this.fromWholeLine(this.decoder.decode(bytes, { stream: true }));
  }

  /** A window that does not start at the beginning starts at the first whole line in it. */
  private fromWholeLine(text: string): string {
    if (!this.skipsPartialLine) return text;
    const newline = text.indexOf('\n');
    if (newline < 0) return text;
    this.skipsPartialLine = false;
    return text.slice(newline + 1);
  }
}

/**
 * Reads all that is there and hands it to `show`, piece by piece. In turns, each source up to where it was
 * when its turn began: none waits for another one that grows as fast as it is read.
 */
export async function catchUp(
  cursors: readonly LogCursor[],
  show: (text: string, source: LogSource) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (cursors.some(({ isBehind }) => isBehind)) {
    for (const cursor of cursors) {
      const until = cursor.source.size();
      while (cursor.isBehind && cursor.end < until) {
        const text = await cursor.next(signal);
        if (signal.aborted) return;
        await show(text, cursor.source);
      }
    }
  }
}
