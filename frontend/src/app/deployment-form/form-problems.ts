import type { FormDescription } from '../platform/api/generated/models/form-description';
import type { FormField } from '../platform/api/generated/models/form-field';
import type { Translate } from '../platform/i18n/i18n';
import type { FieldProblem } from '../platform/problem/problem';
import { isStoredSecret, pathText, valueAt } from './draft-values';
import type { Draft, Path } from './draft-values';
import { isInUnsetGroup } from './form-draft';
import { jsonProblem } from './json-place';
import { isEmptyValue, isLeafVisible, leavesOf, plainItemOf } from './form-shape';

/** What is wrong, by the path of the field it is shown at. */
export type FormProblems = ReadonlyMap<string, string>;

/** The manager's complaints: those that have a field, and the rest. */
export interface PlacedProblems {
  readonly fields: FormProblems;
  readonly rest: readonly FieldProblem[];
}

interface ShownField {
  readonly field: FormField;
  readonly path: Path;
  readonly value: unknown;
}

/** What can be seen to be wrong before the manager is asked. */
export function checkDraft(form: FormDescription, draft: Draft, t: Translate): FormProblems {
  const found = new Map<string, string>();
  for (const { field, path, value } of shownFields(form.fields, draft, [], true)) {
    const problem = problemOf(field, value, t);
    if (problem !== null) found.set(pathText(path), problem);
  }
  return found;
}

/** Puts each complaint at the field it is about, or at the nearest one around that. */
export function placeProblems(
  form: FormDescription,
  draft: Draft,
  problems: readonly FieldProblem[],
): PlacedProblems {
  const shown = new Set(
    shownFields(form.fields, draft, [], false).map(({ path }) => pathText(path)),
  );
  const fields = new Map<string, string>();
  const rest: FieldProblem[] = [];
  for (const problem of problems) {
    const keys = problem.path.replace(/^config\.?/, '').split('.');
    const at = keys.findLastIndex((_key, index) => shown.has(keys.slice(0, index + 1).join('.')));
    if (at === -1) {
      rest.push(problem);
      continue;
    }
    const place = keys.slice(0, at + 1).join('.');
    const below = keys.slice(at + 1).join('.');
    const text = below === '' ? problem.message : `${below}: ${problem.message}`;
    const before = fields.get(place);
    fields.set(place, before === undefined ? text : `${before} ${text}`);
  }
  return { fields, rest };
}

/** Every field on screen with its value, in its order. `set`: without groups that nobody filled in. */
function shownFields(
  fields: readonly FormField[],
  scope: unknown,
  base: Path,
  set: boolean,
): readonly ShownField[] {
  return leavesOf(fields).flatMap((leaf) => {
    if (!isLeafVisible(leaf, scope) || (set && isInUnsetGroup(leaf, scope))) return [];
    const { field, keys } = leaf;
    const value = valueAt(scope, keys);
    const path = [...base, ...keys];
    const items =
      field.type === 'list' && Array.isArray(value) ? (value as readonly unknown[]) : [];
    const plain = plainItemOf(field);
    const below = items.flatMap((item, index) =>
      plain
        ? [{ field: { ...plain, required: true }, path: [...path, index], value: item }]
        : shownFields(field.item ?? [], item, [...path, index], set),
    );
    return [{ field, path, value }, ...below];
  });
}

function problemOf(field: FormField, value: unknown, t: Translate): string | null {
  const isReplaced = isStoredSecret(value) && value.replacement !== undefined;
  if (field.type === 'list') {
    return field.required === true && isEmptyValue(value) ? t('form.listRequired') : null;
  }
  if (field.type === 'boolean' || isReplaced) return null;
  if (isEmptyValue(value)) return field.required === true ? t('field.required') : null;
  if (field.language === 'json' && typeof value === 'string' && jsonProblem(value)) {
    return t('form.notJson');
  }
  if (field.type === 'number' && !Number.isFinite(Number(value))) return t('form.notNumber');
  return null;
}
