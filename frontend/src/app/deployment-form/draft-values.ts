/** What somebody entered into a form: JSON, as the configuration is, with empty texts where nothing is. */
export type Draft = Readonly<Record<string, unknown>>;

/** Where a value is: keys of objects and indexes of lists. */
export type Path = readonly (string | number)[];

/** A path as the manager writes it: `sites.0.hosts`. */
export function pathText(path: Path): string {
  return path.join('.');
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (Array.isArray(value)) value = (value as readonly unknown[])[Number(key)];
    else if (isRecord(value)) value = value[String(key)];
    else return undefined;
  }
  return value;
}

/** `root` with `value` at a path. What is on the way and is no object becomes one. */
export function withValue(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) {
    const items = root as readonly unknown[];
    const changed = withValue(items[Number(key)], rest, value);
    return items.map((item, index) => (index === Number(key) ? changed : item));
  }
  const record = isRecord(root) ? root : {};
  const before = record[String(key)];
  const after = withValue(before, rest, value);
  if (isRecord(root) && Object.hasOwn(root, key) && Object.is(before, after)) return root;
  return { ...record, [key]: after };
}

/** `root` without the value at a path, and without the objects that are empty because of that. */
export function withoutValue(root: Draft, path: readonly string[]): Draft {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(root, key)) return root;
  const inner = root[key];
  const left = rest.length > 0 && isRecord(inner) ? withoutValue(inner, rest) : null;
  const isGone = left === null || (left !== inner && Object.keys(left).length === 0);
  if (!isGone) return { ...root, [key]: left };
  return Object.fromEntries(Object.entries(root).filter(([other]) => other !== key));
}

/** A secret that the manager has. Only this mark of it is ever answered; sent back, the secret stays. */
export interface StoredSecret {
  readonly set: true;
  readonly id: string;
  /** What somebody typed to replace it; absent while nobody does. */
  readonly replacement?: string;
}

/** True for the mark of a stored secret. */
export function isStoredSecret(value: unknown): value is StoredSecret {
  return isRecord(value) && value.set === true && typeof value.id === 'string';
}
