/** Output asked for while a command writes little: the question waits at the agent for new bytes. */
const SMALL_READ_BYTES = 64 * 1024;

/** Output asked for while there is plenty: the question does not wait. */
const LARGE_READ_BYTES = 1024 * 1024;

/** Large answers in memory at the same time, over all commands. */
const LARGE_READS = 12;

/** How long an agent holds a question open when there is nothing new, milliseconds. */
const WAIT_MS = 20_000;

/** The first question waits a moment only: most commands end soon, and need no connection of their own. */
const FIRST_WAIT_MS = 1_000;

/** How much to ask for next. */
export interface ReadSize {
  readonly maxBytes: number;
  readonly waitMs: number;
}

/** `none`: there was none yet. `full`: there is more. */
export type PreviousAnswer = 'none' | 'partial' | 'full';

/**
 * Bounds how much output is in memory: each command asks for little until an answer was full, and only a
 * few commands at a time for much.
 */
export class ReadSizes {
  private free = LARGE_READS;

  /** Runs one question. `previous` tells how the previous answer of the command was. */
  async ask<Answer>(
    previous: PreviousAnswer,
    question: (size: ReadSize) => Promise<Answer>,
  ): Promise<Answer> {
    if (previous !== 'full') {
      const waitMs = previous === 'none' ? FIRST_WAIT_MS : WAIT_MS;
      return question({ maxBytes: SMALL_READ_BYTES, waitMs });
    }
    if (this.free === 0) return question({ maxBytes: SMALL_READ_BYTES, waitMs: 0 });
    this.free -= 1;
    try {
      return await question({ maxBytes: LARGE_READ_BYTES, waitMs: 0 });
    } finally {
      this.free += 1;
    }
  }
}
