import { LeaseLost } from './operation-definition.js';
import type { NewLogLine, OperationLease } from './operation-lease.js';
import type { LogLevel, OperationLogLine } from './operation.entity.js';

/** How long lines are collected before they are stored together, milliseconds. */
const COLLECT_MS = 50;
const LINE_LIMIT = 4000;

/**
 * Collects an operation's log lines and stores them in order, a few times a second. A database that does
 * not answer keeps them waiting; nothing here fails its caller.
 */
export class StepLog {
  private waiting: NewLogLine[] = [];
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> = Promise.resolve();

  constructor(
    private readonly lease: Pick<OperationLease, 'appendLog'>,
    private readonly stored: (lines: readonly OperationLogLine[]) => void,
  ) {}

  /** Adds text as one line per line. Control characters are replaced, long lines cut. */
  add(step: string | null, text: string, level: LogLevel = 'info'): void {
    const at = new Date();
    for (const line of text.split(/\r?\n/)) {
      this.waiting.push({ step, at, level, line: plain(line) });
    }
    this.timer ??= setTimeout(() => void this.flush(), COLLECT_MS);
  }

  /** Stores everything added so far. Lines of a lost lease are dropped. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.storing = this.storing.then(() => this.store());
    return this.storing;
  }

  private async store(): Promise<void> {
    const lines = this.waiting;
    if (lines.length === 0) return;
    this.waiting = [];
    try {
      this.stored(await this.lease.appendLog(lines));
    } catch (error) {
      // A lost lease: the new worker writes its own log. Anything else: the database is away, and the
      // runner meets the same failure at its next write, which decides what happens.
      if (!(error instanceof LeaseLost)) this.waiting = [...lines, ...this.waiting].slice(-1000);
    }
  }
}

function plain(line: string): string {
  const text = line.replaceAll('\t', '  ').replace(/\p{Cc}/gu, '\u{fffd}');
  return text.length <= LINE_LIMIT ? text : `${text.slice(0, LINE_LIMIT)}…`;
}
