import type { LiveMessage } from './live-message';

/** An answer, and the news that came while it was on its way. */
export interface AnswerWithNews<Answer> {
  readonly answer: Answer;
  /** In order. The answer may be older than they are. */
  readonly meanwhile: readonly LiveMessage[];
}

/**
 * Remembers the news that come while questions are open. Without them an answer that left the manager before a
 * change, and arrives after the news of it, would bring back what was before: for as long as nothing else
 * changes.
 */
export class NewsMeanwhile {
  private readonly open = new Set<LiveMessage[]>();

  /** Tells what has just come; it may be put in at once as well. */
  hear(messages: readonly LiveMessage[]): void {
    for (const heard of this.open) heard.push(...messages);
  }

  /** Asks, and answers with what came meanwhile. Rejects as the question does. */
  async during<Answer>(ask: () => Promise<Answer>): Promise<AnswerWithNews<Answer>> {
    const meanwhile: LiveMessage[] = [];
    this.open.add(meanwhile);
    try {
      return { answer: await ask(), meanwhile };
    } finally {
      this.open.delete(meanwhile);
    }
  }
}
