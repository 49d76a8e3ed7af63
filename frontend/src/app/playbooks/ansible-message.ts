import type { CodeDiagnostic } from '../ui/code-place';

/** Where Ansible says that something is wrong, in the ways its versions say it. */
const PLACES: readonly RegExp[] = [
  /'[^'\n]*playbook\.yml': line (\d+), column (\d+)/g,
  /playbook\.yml:(\d+):(\d+)/g,
  /\bline (\d+), column (\d+)/g,
];

/** Told by Ansible around the reason, and no reason itself. */
const NOISE = /^(the error appears|be elsewhere|the offending line|origin:|<<< caused by|-{3,}$)/i;

/** What Ansible says about a playbook that it refused, in one line. */
export function headlineOf(message: string): string {
  const lines = message.split('\n').map((line) =>
    line
      .replace(/^\s*(\[?ERROR\]?[!:]|fatal:)\s*/i, '')
      .replace(/The error appears to be in .*$/, '')
      .trim(),
  );
  const first = lines.find((line) => line !== '' && !NOISE.test(line)) ?? message.trim();
  return first.length > 300 ? `${first.slice(0, 299)}…` : first;
}

/** The places that Ansible's explanation names, the first of them first. Empty when it names none. */
export function placesOf(message: string): readonly CodeDiagnostic[] {
  for (const pattern of PLACES) {
    const places = [...message.matchAll(pattern)].map(([, line, column]) => ({
      line: Number(line),
      column: Number(column),
    }));
    if (places.length === 0) continue;
    const unique = new Map(places.map((place) => [`${place.line}:${place.column}`, place]));
    const text = headlineOf(message);
    return [...unique.values()].map((place) => ({ ...place, message: text }));
  }
  return [];
}

/** What the manager found wrong with a text itself: the entries of `invalid_playbook` that name a place. */
export function placesOfRefusal(
  errors: readonly Readonly<Record<string, unknown>>[],
): readonly CodeDiagnostic[] {
  return errors.flatMap(({ line, column, message }) =>
    typeof line === 'number' && typeof column === 'number' && typeof message === 'string'
      ? [{ line, column, message }]
      : [],
  );
}
