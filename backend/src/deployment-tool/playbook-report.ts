import type { AnsibleEvent, AnsibleRecapHost, CommandResult } from '@myx/protocol';
import type { HostContext } from './host-command.js';
import { EventSequence } from './event-sequence.js';
import { LineReader } from './line-reader.js';
import type { PlaybookCall, PlaybookFailure, PlaybookOutcome } from './playbook-call.js';
import { SecretMask } from './secret-mask.js';
import { isFailure, taskLine, taskName } from './task-lines.js';

/** Failures that are kept of one playbook; a loop may have thousands. */
const FAILURES_LIMIT = 100;

/** Last lines that are no events, kept to explain a playbook that failed before its first task. */
const WORDS_LIMIT = 20;

/** Errors stand alone, the rest is free text that only explains. */
const COMPLAINT = /^(ERROR|FATAL|fatal)\b/;

/** Follows the output of a playbook: writes the step's log, tells events, and sums up. */
export class PlaybookReport {
  private readonly mask: SecretMask;
  private readonly sequence: EventSequence;
  private readonly errors: LineReader;
  private readonly failures: (PlaybookFailure & { taskId: string; isItem: boolean })[] = [];
  private readonly words: string[] = [];
  private recap: readonly AnsibleRecapHost[] = [];

  constructor(
    private readonly context: HostContext,
    private readonly call: Pick<PlaybookCall, 'extraVars' | 'secretVars' | 'onEvent'>,
  ) {
    this.mask = new SecretMask(call.extraVars, call.secretVars);
    this.sequence = new EventSequence({
      event: (event) => {
        this.tell(this.mask.event(event));
      },
      text: (line) => {
        this.say(line);
      },
    });
    this.errors = new LineReader((line) => {
      this.say(line);
    });
  }

  /** Takes output of the playbook; null stands for output that is not kept. */
  add(stream: 'stdout' | 'stderr', bytes: Buffer | null): void {
    if (bytes === null) {
      this.context.log('a part of the output is not kept', 'warning');
      if (stream === 'stdout') this.sequence.gap();
    } else if (stream === 'stdout') this.sequence.push(bytes);
    else this.errors.push(bytes);
  }

  /** The summary, once everything was added. */
  outcome(result: CommandResult): PlaybookOutcome {
    this.sequence.end();
    this.errors.end();
    const { outcome, exit_code: exitCode } = result;
    const failures = this.failures
      // An item that failed says more than “one or more items failed”.
      .filter(({ taskId, isItem }) => isItem || !this.hasFailedItem(taskId))
      .map(({ task, message }) => ({ task, message }));
    const isUnexplained = outcome === 'failed' && failures.length === 0;
    const reason = result.reason ?? (isUnexplained ? this.lastWords() : null);
    return {
      outcome,
      exitCode,
      recap: this.recap,
      failures,
      reason: reason === null ? null : this.mask.text(reason),
    };
  }

  private tell(event: AnsibleEvent): void {
    const line = taskLine(event);
    if (line) this.context.log(line.line, line.level);
    if (event.event === 'recap') this.recap = event.hosts;
    if (event.event === 'message' && event.level === 'error') this.remember(event.text);
    if (event.event === 'task_result' && isFailure(event)) {
      if (this.failures.length < FAILURES_LIMIT) {
        const item = event.item === null ? '' : ` (${event.item})`;
        this.failures.push({
          task: `${taskName(event)}${item}`,
          message: event.message ?? '',
          taskId: event.task_id,
          isItem: event.item !== null,
        });
      }
    }
    this.call.onEvent?.(event);
  }

  private say(line: string): void {
    const masked = this.mask.text(line);
    this.context.log(masked, COMPLAINT.test(masked) ? 'error' : 'info');
    this.remember(masked);
  }

  private remember(line: string): void {
    this.words.push(line);
    if (this.words.length > WORDS_LIMIT) this.words.shift();
  }

  private lastWords(): string | null {
    const complaint = this.words.findLast((line) => COMPLAINT.test(line));
    return complaint ?? this.words.at(-1) ?? null;
  }

  private hasFailedItem(taskId: string): boolean {
    return this.failures.some((failure) => failure.isItem && failure.taskId === taskId);
  }
}
