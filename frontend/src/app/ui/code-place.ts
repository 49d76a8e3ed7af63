/** Languages that {@link CodeEditor} colours and indents. */
export type CodeLanguage = 'yaml' | 'json' | 'caddyfile' | 'text';

/** A place in a text: line and column from 1. */
export interface CodePlace {
  readonly line: number;
  readonly column: number;
}

/** Something to be told about a place. */
export interface CodeDiagnostic extends CodePlace {
  readonly message: string;
  /** Left out: an error. */
  readonly severity?: 'error' | 'warning';
}

/** A text by lines, as CodeMirror keeps it. */
export interface CodeLines {
  readonly lines: number;
  line(number: number): { readonly from: number; readonly to: number; readonly text: string };
}

/** Part of a text to be marked. */
export interface CodeRange {
  readonly from: number;
  readonly to: number;
}

/** The word at a place, or what is left of its line. Places outside of the text are brought into it. */
export function rangeAt(document: CodeLines, { line, column }: CodePlace): CodeRange {
  const { from, text } = document.line(Math.min(Math.max(line, 1), document.lines));
  const end = text.trimEnd().length;
  const indent = text.length - text.trimStart().length;
  const start = Math.max(column - 1, 0);
  if (start >= end) return { from: from + Math.min(indent, end), to: from + end };
  const word = /^\w[\w.-]*/.exec(text.slice(start));
  return { from: from + start, to: from + (word ? start + word[0].length : end) };
}

/** How many lines a text has, of which no more than `most` matter. */
export function countLines(text: string, most: number): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1 && lines < most; at = text.indexOf('\n', at + 1)) {
    lines += 1;
  }
  return lines;
}
