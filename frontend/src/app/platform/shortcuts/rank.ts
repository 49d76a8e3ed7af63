/**
 * How well `text` answers `query`, or 0 when it does not: at the start best, at the start of a word
 * next, then anywhere, then as letters in the same order.
 */
export function matchScore(text: string, query: string): number {
  const haystack = text.toLowerCase();
  const needle = query.trim().toLowerCase();
  if (needle === '') return 1;
  const at = haystack.indexOf(needle);
  if (at === 0) return 4;
  if (at > 0) return /[\s\-_./:@]/.test(haystack.charAt(at - 1)) ? 3 : 2;
  return needle.length >= 2 && isSubsequence(haystack, needle) ? 0.5 : 0;
}

function isSubsequence(text: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}
