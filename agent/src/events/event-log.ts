import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AgentEvent } from '@myx/protocol';
import { writeFileDurably } from '../durable-file.ts';
import { codeOf } from '../log.ts';

/** An event of the contract without what the log gives it. */
export type NewEvent = {
  [Type in AgentEvent['type']]: {
    readonly type: Type;
    readonly data: Extract<AgentEvent, { type: Type }>['data'];
  };
}[AgentEvent['type']];

/** Events kept in memory. */
const CAPACITY = 1000;
/** Sequence numbers are reserved on disk in blocks of this size, so that few events cost a write. */
const BLOCK = 1000;

/**
 * The newest events in memory, numbered without repetition. Numbers are reserved on disk in blocks, so
 * after a crash they go on above all that were ever given; those in between are told as lost.
 */
export class EventLog {
  readonly #file: string;
  readonly #events: AgentEvent[] = [];
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  #last: number;
  #reserved: number;

  constructor(stateDirectory: string) {
    this.#file = path.join(stateDirectory, 'event_seq');
    this.#reserved = readSequence(this.#file);
    this.#last = this.#reserved;
  }

  /** Number of the newest event, 0 when there was none. */
  get lastSeq(): number {
    return this.#last;
  }

  /** Number of listeners. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Numbers an event, keeps it, and hands it to all listeners. */
  append(event: NewEvent): void {
    if (this.#last >= this.#reserved) {
      this.#reserved = this.#last + BLOCK;
      writeFileDurably(this.#file, String(this.#reserved), 0o600);
    }
    this.#last += 1;
    const numbered = AgentEvent.parse({ ...event, seq: this.#last, at: new Date().toISOString() });
    this.#events.push(numbered);
    if (this.#events.length > CAPACITY) this.#events.shift();
    for (const listener of this.#listeners) listener(numbered);
  }

  /**
   * Events after `after`, oldest first. When some of them are no longer held the first is
   * `events_lost`, numbered like the last one lost. `after` beyond the newest event: the log was wiped
   * since, and everything is told.
   */
  since(after: number): AgentEvent[] {
    const start = after > this.#last ? 0 : after;
    const held = this.#events.filter(({ seq }) => seq > start);
    const firstHeld = held[0]?.seq ?? this.#last + 1;
    if (firstHeld <= start + 1) return held;
    const lost = AgentEvent.parse({
      type: 'events_lost',
      seq: firstHeld - 1,
      at: new Date().toISOString(),
      data: { from: start + 1, to: firstHeld - 1 },
    });
    return [lost, ...held];
  }

  /** Gives back numbers that were reserved and not used, before a planned stop. */
  close(): void {
    if (this.#reserved === this.#last) return;
    this.#reserved = this.#last;
    writeFileDurably(this.#file, String(this.#last), 0o600);
  }

  /** Calls `listener` with every new event until the returned function is called. */
  listen(listener: (event: AgentEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

function readSequence(file: string): number {
  try {
    const sequence = Number(readFileSync(file, 'utf8'));
    if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
    throw new Error(`${file} holds no sequence number`);
  } catch (error) {
    // A new state directory.
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
