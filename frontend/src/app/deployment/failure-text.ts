/** Why an operation failed, in parts: a sentence, and what the service itself wrote. */
export interface FailureText {
  readonly reason: string;
  /** Whose words the lines are; null where there are none. */
  readonly source: string | null;
  readonly lines: string;
}

const JOURNAL = /\n+Journal of ([^\n]+):\n/;

/**
 * Parts the message of a failure: the manager puts the unit's last words below the reason, and a program that
 * refuses its configuration tells in many lines why.
 */
export function failureText(message: string): FailureText {
  const journal = JOURNAL.exec(message);
  if (journal) {
    return {
      reason: message.slice(0, journal.index).trim(),
      source: journal[1] ?? '',
      lines: message.slice(journal.index + journal[0].length).trim(),
    };
  }
  const [first = '', ...rest] = message.trim().split('\n');
  return { reason: first, source: null, lines: rest.join('\n').trim() };
}
