import type { Signal } from '@angular/core';
import { computed } from '@angular/core';
import type { OperationLogLine } from '../operations/operation-feed';
import type { LogPiece, LogSource } from '../ui/log-source';

/** Colours of a terminal for lines that matter, by level. */
const COLOUR_OF: Readonly<Partial<Record<OperationLogLine['level'], string>>> = {
  error: '\u{1b}[31m',
  warning: '\u{1b}[33m',
};
const PLAIN = '\u{1b}[39m';

/** Characters that move the cursor or change the terminal: what a server wrote is text. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

/** The log of an operation as a log view reads it: one line each, with its time. Only ever grows. */
export function operationLogSource(
  lines: Signal<readonly OperationLogLine[]>,
  timeOf: (at: string) => string,
): LogSource {
  const bytes = computed(() =>
    new TextEncoder().encode(
      lines()
        .map((line) => textOf(line, timeOf))
        .join(''),
    ),
  );
  return {
    size: computed(() => bytes().length),
    isError: false,
    read: (offset, limit): Promise<LogPiece> => {
      const piece = bytes().slice(offset, offset + limit);
      return Promise.resolve({ bytes: piece, next: offset + Math.max(1, piece.length) });
    },
  };
}

function textOf({ at, level, line }: OperationLogLine, timeOf: (at: string) => string): string {
  const colour = COLOUR_OF[level];
  const text = line.replaceAll(CONTROLS, '\u{fffd}');
  return `${timeOf(at)}  ${colour === undefined ? text : `${colour}${text}${PLAIN}`}\n`;
}
