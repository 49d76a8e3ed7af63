import { unifiedPatch } from '../platform/diff/index.js';

/** What is shown in place of a secret. */
const MASK = '••••';

/** Parts of a secret of several lines that are masked by themselves, at least this long. */
const PART_LENGTH = 8;

/** Hides secrets in texts. */
export class Masker {
  private readonly hidden: readonly string[];

  constructor(secrets: Iterable<string>) {
    const all = new Set<string>();
    for (const secret of secrets) {
      if (secret === '') continue;
      for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) all.add(form);
      // A key of several lines may be written with other ends of lines.
      for (const line of secret.split(/\r?\n/)) if (line.length >= PART_LENGTH) all.add(line);
    }
    // Longest first: one secret may be a part of another.
    this.hidden = [...all].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.hidden.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  }
}

/** A unified diff without secrets, or null when nothing differs. `before` or `after` null: there is none. */
export function unifiedDiff(
  name: string,
  before: string | null,
  after: string | null,
  masker: Masker,
): string | null {
  if (before === after) return null;
  const [old, now] = [masker.mask(before ?? ''), masker.mask(after ?? '')];
  if (before !== null && after !== null && old === now) return `${name}: a secret changes\n`;
  return unifiedPatch(name, before === null ? null : old, after === null ? null : now);
}

/** A configuration as it is compared: pretty, keys in order, marks of secrets short. */
export function prettyConfig(open: unknown): string {
  return `${JSON.stringify(open, sortKeys, 2)}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { set, id } = value as { set?: unknown; id?: unknown };
  if (set === true && typeof id === 'string' && Object.keys(value).length === 2) {
    return `${MASK} (${id.slice(0, 4)})`;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
