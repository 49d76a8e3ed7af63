import type { FormField } from '../platform/api/generated/models/form-field';
import { isStoredSecret, valueAt } from './draft-values';

/** A field that holds one value, with its keys from the top of its form or of its list item. */
export interface Leaf {
  readonly field: FormField;
  readonly keys: readonly string[];
  /** The groups it is in, outermost first. */
  readonly groups: readonly FormField[];
}

/** The keys of a field; none for the item of a list of plain values. */
export function keysOf({ path }: Pick<FormField, 'path'>): readonly string[] {
  return path === '' ? [] : path.split('.');
}

/** The fields that hold values, without groups around them. Lists are one value. */
export function leavesOf(
  fields: readonly FormField[],
  before: readonly string[] = [],
  groups: readonly FormField[] = [],
): readonly Leaf[] {
  return fields.flatMap((field) => {
    const keys = [...before, ...keysOf(field)];
    if (field.type !== 'group') return [{ field, keys, groups }];
    return leavesOf(field.fields ?? [], keys, [...groups, field]);
  });
}

/** The one field of a list of plain values; undefined when the items have fields. */
export function plainItemOf({ item }: FormField): FormField | undefined {
  const only = item?.[0];
  return item?.length === 1 && only?.path === '' ? only : undefined;
}

/** True while a field is shown. `scope` is the form's or the list item's value. */
export function isVisible({ visible_when: condition }: FormField, scope: unknown): boolean {
  if (!condition) return true;
  return Object.is(valueAt(scope, condition.path.split('.')), condition.equals);
}

/** True while a field and all groups around it are shown. */
export function isLeafVisible({ field, groups }: Leaf, scope: unknown): boolean {
  return [...groups, field].every((each) => isVisible(each, scope));
}

/** True when nobody entered anything. */
export function isEmptyValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isStoredSecret(value)) return false;
  return (
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
  );
}

/**
 * True for an optional group that nobody filled in: it needs something and has nothing of it. What has a
 * default says nothing about that, unless it is needed itself: then the group is always there.
 */
export function isUnsetGroup(group: FormField, value: unknown): boolean {
  if (group.required === true) return false;
  const fields = leavesOf(group.fields ?? []);
  const needed = fields.filter(({ field }) => field.required === true);
  if (needed.length === 0 || needed.some(({ field }) => field.default !== undefined)) return false;
  return fields
    .filter(({ field }) => field.default === undefined)
    .every(({ keys }) => isEmptyValue(valueAt(value, keys)));
}
