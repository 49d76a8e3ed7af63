import type { FormDescription } from '../platform/api/generated/models/form-description';
import type { FormField } from '../platform/api/generated/models/form-field';
import { isRecord, isStoredSecret, valueAt, withValue, withoutValue } from './draft-values';
import type { Draft, Path } from './draft-values';
import {
  isEmptyValue,
  isLeafVisible,
  isUnsetGroup,
  keysOf,
  leavesOf,
  plainItemOf,
} from './form-shape';
import type { Leaf } from './form-shape';

/** The fields around a value that can be there together: those of the form, or of one list item. */
export interface Scope {
  readonly fields: readonly FormField[];
  readonly path: Path;
}

/** What a form begins with: a configuration, or nothing, with the defaults of what is missing. */
export function draftOf(form: FormDescription, config: Draft = {}): Draft {
  return filled(form.fields, config);
}

/** A new item of a list. */
export function newItem(list: FormField): unknown {
  const plain = plainItemOf(list);
  return plain ? filledValue(plain, undefined) : filled(list.item ?? [], {});
}

/**
 * The draft after a value was entered. A value that others depend on makes its object another thing: what
 * the form does not describe of that object (what the manager had made for it) goes.
 */
export function entered(
  form: FormDescription,
  draft: Draft,
  { scope, path, value }: { readonly scope: Scope; readonly path: Path; readonly value: unknown },
): Draft {
  const changed = asDraft(withValue(draft, path, value));
  const own = path.slice(scope.path.length).join('.');
  const decides = leavesOf(scope.fields).some(({ field, groups }) =>
    [...groups, field].some(({ visible_when: condition }) => condition?.path === own),
  );
  return draftOf(form, decides ? withoutUndescribed(changed, scope, path) : changed);
}

/** The configuration to send: only what is shown, as the manager's types. */
export function configOf(form: FormDescription, draft: Draft): Draft {
  return scopeConfig(form.fields, draft);
}

function asDraft(value: unknown): Draft {
  return isRecord(value) ? value : {};
}

function filled(fields: readonly FormField[], value: Draft): Draft {
  let result = value;
  for (const leaf of leavesOf(fields)) {
    if (!isLeafVisible(leaf, result)) continue;
    const before = valueAt(result, leaf.keys);
    result = asDraft(withValue(result, leaf.keys, filledValue(leaf.field, before)));
  }
  return result;
}

function filledValue(field: FormField, value: unknown): unknown {
  if (field.type === 'list') return filledList(field, value);
  if (value === null) return field.type === 'boolean' ? false : '';
  if (value !== undefined) return value;
  const preset: unknown = field.default;
  if (preset !== undefined) return preset;
  if (field.type === 'boolean') return false;
  const [first] = field.options ?? [];
  return field.type === 'select' && field.required === true && first ? first.value : '';
}

function filledList(list: FormField, value: unknown): readonly unknown[] {
  const preset: unknown = list.default;
  const items = Array.isArray(value)
    ? (value as readonly unknown[])
    : Array.isArray(preset) && value === undefined
      ? (preset as readonly unknown[])
      : null;
  if (items === null) return list.required === true && value === undefined ? [newItem(list)] : [];
  if (plainItemOf(list)) return items;
  const fields = list.item ?? [];
  const after = items.map((item) => filled(fields, asDraft(item)));
  return after.every((item, index) => item === items[index]) ? items : after;
}

function withoutUndescribed(draft: Draft, scope: Scope, path: Path): Draft {
  const container = path.slice(0, -1);
  const object = valueAt(draft, container);
  if (!isRecord(object)) return draft;
  const depth = container.length - scope.path.length;
  const before = path.slice(scope.path.length, -1).join('.');
  const described = new Set(
    leavesOf(scope.fields)
      .filter(({ keys }) => keys.slice(0, depth).join('.') === before)
      .map(({ keys }) => keys[depth]),
  );
  const kept = Object.entries(object).filter(([key]) => described.has(key));
  return asDraft(withValue(draft, container, Object.fromEntries(kept)));
}

function scopeConfig(fields: readonly FormField[], scope: Draft): Draft {
  const leaves = leavesOf(fields);
  // What the form does not describe stays as the manager answered it.
  let result = leaves.reduce((left, { keys }) => withoutValue(left, keys), scope);
  for (const leaf of leaves) {
    if (!isLeafVisible(leaf, scope) || isInUnsetGroup(leaf, scope)) continue;
    const value = leafConfig(leaf.field, valueAt(scope, leaf.keys));
    if (value !== undefined) result = asDraft(withValue(result, leaf.keys, value));
  }
  return result;
}

/** True for a field of a group that was left out as a whole. */
export function isInUnsetGroup({ groups }: Leaf, scope: unknown): boolean {
  let keys: readonly string[] = [];
  return groups.some((group) => {
    keys = [...keys, ...keysOf(group)];
    return isUnsetGroup(group, valueAt(scope, keys));
  });
}

function leafConfig(field: FormField, value: unknown): unknown {
  switch (field.type) {
    case 'list':
      return listConfig(field, value);
    case 'boolean':
      return value === true;
    case 'secret':
      return secretConfig(value);
    case 'number':
      return numberConfig(value);
    default:
      if (isEmptyValue(value)) return undefined;
      return field.type === 'text' && typeof value === 'string' ? value.trim() : value;
  }
}

function listConfig(list: FormField, value: unknown): readonly unknown[] {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const plain = plainItemOf(list);
  return items.map((item) =>
    plain ? leafConfig(plain, item) : scopeConfig(list.item ?? [], asDraft(item)),
  );
}

function secretConfig(value: unknown): unknown {
  if (!isStoredSecret(value)) return isEmptyValue(value) ? undefined : value;
  const { id, replacement } = value;
  return isEmptyValue(replacement) ? { set: true, id } : replacement;
}

/** What is no number goes as it is: then the manager says so. */
function numberConfig(value: unknown): unknown {
  if (isEmptyValue(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}
