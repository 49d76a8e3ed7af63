import { signal } from '@angular/core';

const words = signal<Readonly<Record<string, string>>>({});

/** Takes over the words of a language; none for English, which the manager itself speaks. */
export function useManagerWords(dictionary: Readonly<Record<string, string>>): void {
  words.set(dictionary);
}

/** The manager's own wording of `key` in the language on screen; null when only the manager has words for it. */
export function managerWord(key: string): string | null {
  return words()[key] ?? null;
}

/** Why something is not well, as the manager names it. */
export interface NamedCause {
  readonly code: string;
  readonly message: string;
}

/** Which address the manager spoke of, at the head of its message. */
const TARGET = /^(?:\[[0-9a-f:]+\]|[\w.-]+):\d+(?=: )/i;

/**
 * A cause in one sentence, in the language on screen where it has words for it: in place of the manager's
 * sentence, or before it where only that tells the particulars.
 */
export function causeText({ code, message }: NamedCause): string {
  const word = managerWord(`cause.${code}`);
  if (word === null) {
    const reason = managerWord(`reason.${code}`);
    return reason === null ? message : `${reason}：${message}`;
  }
  const target = TARGET.exec(message)?.[0];
  return target === undefined ? word : `${target}：${word}`;
}
