import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { unifiedPatch } from '../platform/diff/index.js';
import type { Values, Variable } from './playbook-variables.js';

/** What of a version is compared. */
export interface ComparedVersion {
  readonly content: string;
  readonly variables: readonly Variable[];
  /** Opened; told of are only their names, and that a value is another one. */
  readonly secretDefaults: Values;
}

/** How a version differs from another one, as unified diffs; null where nothing differs. */
export interface VersionDifferences {
  readonly content_diff: string | null;
  readonly variables_diff: string | null;
}

/** Shown in place of a secret. */
const MASK = '••••';

/** How `after` differs from `before`: its text, and the variables it declares. */
export function differencesOf(before: ComparedVersion, after: ComparedVersion): VersionDifferences {
  const [old, now] = [variablesText(before, {}), variablesText(after, before.secretDefaults)];
  return {
    content_diff: patchOf('playbook.yml', before.content, after.content),
    variables_diff: patchOf('variables.yml', old, now),
  };
}

function patchOf(name: string, before: string, after: string): string | null {
  return before === after ? null : unifiedPatch(name, before, after);
}

/** Variables as they are compared: one fact per line, without those that are as usual. */
function variablesText({ variables, secretDefaults }: ComparedVersion, earlier: Values): string {
  const declarations = variables.map(({ name, type, description, required, secret, ...rest }) => ({
    name,
    type,
    ...(description === '' ? {} : { description }),
    ...(required ? { required } : {}),
    ...(secret ? { secret } : {}),
    ...defaultOf({ name, secret, default: rest.default }, secretDefaults, earlier),
  }));
  return declarations.length === 0 ? '' : stringify(declarations, { lineWidth: 0 });
}

function defaultOf(
  { name, secret, default: plain }: Pick<Variable, 'name' | 'secret' | 'default'>,
  secretDefaults: Values,
  earlier: Values,
): { readonly default?: unknown } {
  if (!secret) return plain === undefined || plain === null ? {} : { default: plain };
  if (!Object.hasOwn(secretDefaults, name)) return {};
  const isOther =
    Object.hasOwn(earlier, name) && !isDeepStrictEqual(earlier[name], secretDefaults[name]);
  return { default: isOther ? `${MASK} (changed)` : MASK };
}
