import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Lines around a change. */
const CONTEXT_LINES = 3;

/** Longest diff that is answered, characters. */
const DIFF_LIMIT = 64 * 1024;

/** Lines that come and go, at most, for which the shortest difference is looked for: its cost grows by the square. */
const EDIT_LIMIT = 2000;

/** Where there is no file. */
const NOTHING = '/dev/null';

/**
 * A unified diff with the name in its heading, cut at a length that people read. `before` or `after` null:
 * there is none. Texts that have little in common are answered as one that goes and one that comes.
 */
export function unifiedPatch(name: string, before: string | null, after: string | null): string {
  const [from, to] = [before === null ? NOTHING : name, after === null ? NOTHING : name];
  const patch =
    createTwoFilesPatch(from, to, before ?? '', after ?? '', undefined, undefined, {
      context: CONTEXT_LINES,
      headerOptions: FILE_HEADERS_ONLY,
      maxEditLength: EDIT_LIMIT,
    }) ?? `--- ${from}\n+++ ${to}\n${replacement(linesOf(before), linesOf(after))}`;
  if (patch.length <= DIFF_LIMIT) return patch;
  return `${patch.slice(0, patch.lastIndexOf('\n', DIFF_LIMIT))}\n… (the rest is not shown)\n`;
}

/** The part of a diff that takes everything away and writes it anew, but for how the texts begin. */
function replacement(before: readonly string[], after: readonly string[]): string {
  const differs = before.findIndex((line, place) => line !== after[place]);
  const same = differs < 0 ? before.length : differs;
  const context = before.slice(Math.max(0, same - CONTEXT_LINES), same);
  const [goes, comes] = [before.slice(same), after.slice(same)];
  const first = same - context.length + 1;
  const place = (lines: readonly string[]): string =>
    `${String(lines.length + context.length === 0 ? 0 : first)},${String(lines.length + context.length)}`;
  return [
    `@@ -${place(goes)} +${place(comes)} @@`,
    ...context.map((line) => ` ${line}`),
    ...goes.map((line) => `-${line}`),
    ...comes.map((line) => `+${line}`),
    '',
  ].join('\n');
}

function linesOf(text: string | null): readonly string[] {
  return text === null || text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
