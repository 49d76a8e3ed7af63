/** A text after something was pasted into it, and where one goes on typing. */
export interface PastedLines {
  readonly text: string;
  readonly caret: number;
}

/**
 * What becomes of a text of one line when several are pasted over the selected part of it. Null when the
 * field may do as usual: a break at the end alone is what copying a whole line leaves, and nobody means it.
 */
export function linesAfterPaste(
  value: string,
  { start, end }: { readonly start: number; readonly end: number },
  pasted: string,
): PastedLines | null {
  const lines = pasted.replace(/\r\n?/g, '\n');
  if (!lines.trim().includes('\n')) return null;
  const before = value.slice(0, start) + lines;
  return { text: before + value.slice(end), caret: before.length };
}
