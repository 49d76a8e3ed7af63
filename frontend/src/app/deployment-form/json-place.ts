import type { CodeDiagnostic } from '../ui/code-place';

const PLACE = /line (\d+) column (\d+)|position (\d+)/;

/** What is wrong with a text that shall be JSON, and where; null when nothing is, or nothing is written. */
export function jsonProblem(text: string): CodeDiagnostic | null {
  if (text.trim() === '') return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ...placeOf(error.message, text), message: error.message };
  }
}

/** Browsers tell the place in one of two ways, or not at all: then it is the end. */
function placeOf(
  message: string,
  text: string,
): { readonly line: number; readonly column: number } {
  const [, line, column, position] = PLACE.exec(message) ?? [];
  if (line !== undefined && column !== undefined) {
    return { line: Number(line), column: Number(column) };
  }
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
