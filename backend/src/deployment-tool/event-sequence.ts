import { AnsibleEvent } from '@myx/protocol';

/** Starts a record (RFC 7464, section 2.2). */
const RECORD_SEPARATOR = 0x1e;
const LINE_FEED = 0x0a;

/** A longer record is dropped: events are cut at the server far below this, bytes. */
const RECORD_LIMIT = 2 * 1024 * 1024;

/** A longer line of free text is cut, bytes. */
const TEXT_LIMIT = 8 * 1024;

/** Takes what a sequence holds, in order. */
export interface SequenceSink {
  readonly event: (event: AnsibleEvent) => void;
  /** A line that is no event, such as what Ansible says before it can tell events. */
  readonly text: (line: string) => void;
}

/**
 * Reads a JSON text sequence of events (RFC 7464) that arrives in pieces. Whatever is in it, reading goes
 * on with the next record: a record that is cut short, too long or not JSON becomes text or is dropped,
 * and an event of a kind that this version does not know is passed over.
 */
export class EventSequence {
  private readonly pieces: Buffer[] = [];
  private size = 0;
  private isRecord = false;
  private isTooLong = false;

  constructor(private readonly sink: SequenceSink) {}

  /** Takes the next bytes. */
  push(bytes: Buffer): void {
    let start = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index];
      if (byte !== RECORD_SEPARATOR && byte !== LINE_FEED) continue;
      this.keep(bytes.subarray(start, index));
      this.finish();
      this.isRecord = byte === RECORD_SEPARATOR;
      start = index + 1;
    }
    this.keep(bytes.subarray(start));
  }

  /** Bytes are missing here: what was begun cannot be finished. */
  gap(): void {
    this.clear();
    this.isRecord = false;
    // What follows is the middle of something, up to the next record.
    this.isTooLong = true;
  }

  /** There is nothing more. */
  end(): void {
    this.finish();
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0 || this.isTooLong) return;
    const limit = this.isRecord ? RECORD_LIMIT : TEXT_LIMIT;
    if (this.size + bytes.length > limit) {
      this.isTooLong = true;
      if (this.isRecord) this.clear();
      else this.pieces.push(Buffer.from(bytes.subarray(0, limit - this.size)));
      return;
    }
    // A copy: the piece must not keep the whole answer in memory.
    this.pieces.push(Buffer.from(bytes));
    this.size += bytes.length;
  }

  private finish(): void {
    const bytes = Buffer.concat(this.pieces);
    const { isRecord } = this;
    this.clear();
    this.isTooLong = false;
    const text = bytes.toString('utf8').trimEnd();
    if (text === '') return;
    if (!isRecord) {
      this.sink.text(text);
      return;
    }
    const json = parsed(text);
    if (json === undefined) {
      this.sink.text(text.slice(0, TEXT_LIMIT));
      return;
    }
    const event = AnsibleEvent.safeParse(json);
    if (event.success) this.sink.event(event.data);
  }

  private clear(): void {
    this.pieces.length = 0;
    this.size = 0;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A record that was cut short.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
