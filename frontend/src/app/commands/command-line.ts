/** What typing a command line came to: a vector, or why there is none. */
export type CommandLine =
  { readonly argv: readonly string[] } | { readonly problem: 'empty' | 'open_quote' };

/**
 * Splits a line into words the way a shell quotes them (POSIX.1-2024, XCU 2.2): blanks separate, single
 * quotes keep everything, double quotes keep everything but `\"` and `\\`, a backslash keeps the next
 * character. Nothing is expanded: there is no shell.
 */
export function parseCommandLine(line: string): CommandLine {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    const piece = quotedAt(line, at);
    if (!piece) return { problem: 'open_quote' };
    word = (word ?? '') + piece.text;
    at = piece.last;
  }
  if (word !== null) words.push(word);
  return words.length > 0 && words[0] !== '' ? { argv: words } : { problem: 'empty' };
}

/** The text of one quoted part or character at `at`, and where it ends; null when it does not end. */
function quotedAt(line: string, at: number): { text: string; last: number } | null {
  const char = line.charAt(at);
  if (char === '\\')
    return at + 1 < line.length ? { text: line.charAt(at + 1), last: at + 1 } : null;
  if (char === "'") {
    const end = line.indexOf("'", at + 1);
    return end < 0 ? null : { text: line.slice(at + 1, end), last: end };
  }
  if (char !== '"') return { text: char, last: at };
  let text = '';
  for (let inside = at + 1; inside < line.length; inside += 1) {
    const next = line.charAt(inside);
    if (next === '"') return { text, last: inside };
    const isEscape = next === '\\' && /["\\]/.test(line.charAt(inside + 1));
    text += isEscape ? line.charAt(inside + 1) : next;
    if (isEscape) inside += 1;
  }
  return null;
}

/** The line that {@link parseCommandLine} reads back as this vector. */
export function formatCommandLine(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** True when the line holds what only a shell would understand: pipes, redirections, variables, lists. */
export function looksLikeShell(line: string): boolean {
  const bare = line.replace(/'[^']*'|\\./g, '');
  const unquoted = bare.replace(/"[^"]*"/g, '');
  return /[|<>;&*?`]/.test(unquoted) || /\$[\w({]/.test(bare);
}
