import { randomBytes } from 'node:crypto';

/** JSON as configurations are made of. */
type Json = unknown;

/** Secret texts by the ids that stand for them. */
export type SecretValues = ReadonlyMap<string, string>;

/** A configuration without its secrets, and them. */
export interface SplitConfig {
  /** With `{ set: true, id }` in place of every secret. */
  readonly open: Json;
  readonly secrets: SecretValues;
}

/** A configuration names a secret that is not known. */
export class UnknownSecretError extends Error {
  override readonly name = 'UnknownSecretError';

  constructor(readonly path: string) {
    super(`there is no stored secret for ${path}: enter it again`);
  }
}

/**
 * Takes the secrets out of a configuration. A secret that is among `known` keeps its id, so that the same
 * configuration splits into the same open part.
 */
export function splitSecrets(
  config: Json,
  patterns: readonly string[],
  known: SecretValues = new Map(),
): SplitConfig {
  const ids = new Map([...known].map(([id, value]) => [value, id]));
  const secrets = new Map<string, string>();
  const open = atPatterns(config, patterns, (value) => {
    if (typeof value !== 'string' || value === '') return value;
    const id = ids.get(value) ?? randomBytes(6).toString('hex');
    ids.set(value, id);
    secrets.set(id, value);
    return { set: true, id };
  });
  return { open, secrets };
}

/**
 * Puts secrets back in place of their marks. What has no mark stays: a text there is a new secret.
 *
 * @throws UnknownSecretError when a mark names none of them.
 */
export function joinSecrets(
  config: Json,
  patterns: readonly string[],
  secrets: SecretValues,
): Json {
  return atPatterns(config, patterns, (value, path) => {
    if (!isMark(value)) return value;
    const secret = secrets.get(value.id);
    if (secret === undefined) throw new UnknownSecretError(path);
    return secret;
  });
}

/** What answers have in place of a secret. */
function isMark(value: Json): value is { readonly set: true; readonly id: string } {
  if (!isObject(value)) return false;
  return value.set === true && typeof value.id === 'string';
}

/** A copy with `change` applied to everything that one of the patterns points at. */
function atPatterns(
  config: Json,
  patterns: readonly string[],
  change: (value: Json, path: string) => Json,
): Json {
  return patterns
    .map((pattern) => pattern.split('/').slice(1))
    .reduce((document, parts) => changed(document, parts, '', change), config);
}

function changed(
  value: Json,
  parts: readonly string[],
  path: string,
  change: (value: Json, path: string) => Json,
): Json {
  const [head, ...rest] = parts;
  if (head === undefined) return change(value, path);
  if (Array.isArray(value)) {
    if (head !== '*') return value;
    return value.map((item, index) => changed(item, rest, `${path}/${String(index)}`, change));
  }
  if (!isObject(value)) return value;
  const keys =
    head === '*' ? Object.keys(value) : [head].filter((key) => Object.hasOwn(value, key));
  const entries = keys.map((key) => [key, changed(value[key], rest, `${path}/${key}`, change)]);
  return { ...value, ...(Object.fromEntries(entries) as Record<string, unknown>) };
}

function isObject(value: Json): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
