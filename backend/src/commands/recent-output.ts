import { Injectable } from '@nestjs/common';
import type { LogType } from '@myx/protocol';
import type { OutputPiece } from './output.repository.js';

/** Output kept in memory over all commands, bytes. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The output stored last, so that whoever follows it need not read it back from the database. Bounded:
 * the oldest goes first, and what is not here is in the database.
 */
@Injectable()
export class RecentOutput {
  /** In the order in which it was stored. */
  private readonly entries = new Map<string, Buffer>();
  private size = 0;

  /** Keeps stored output for a while. */
  add(commandId: string, pieces: readonly OutputPiece[]): void {
    for (const piece of pieces) {
      const key = keyOf(commandId, piece.stream, piece.offset);
      if (this.entries.has(key)) continue;
      this.entries.set(key, piece.bytes);
      this.size += piece.bytes.length;
    }
    for (const [key, bytes] of this.entries) {
      if (this.size <= MOST_BYTES) break;
      this.entries.delete(key);
      this.size -= bytes.length;
    }
  }

  /** The piece that starts exactly at `offset`. */
  at(commandId: string, stream: LogType, offset: number): Buffer | undefined {
    return this.entries.get(keyOf(commandId, stream, offset));
  }
}

function keyOf(commandId: string, stream: LogType, offset: number): string {
  return `${commandId}:${stream}:${offset}`;
}
