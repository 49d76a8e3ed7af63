import { en } from '../../i18n/en';
import type { PlainKey } from '../../i18n/en';
import type { Translate } from '../platform/i18n/i18n';

/**
 * The text of a key that is made of the manager's own words. A newer manager may use words this console
 * does not know: then `fallback` is shown.
 */
function wordOf(t: Translate, key: string, fallback: string): string {
  return key in en ? t(key as PlainKey) : fallback;
}

/** What an operation does, by its type. */
export function operationTitle(t: Translate, type: string): string {
  return wordOf(t, `operation.${type}`, type.replaceAll('_', ' '));
}

/**
 * What a step does, by its name; `title` is the manager's own wording. Where operations have steps of one name
 * that do different things, there are words for the step of that `type`.
 */
export function stepTitle(
  t: Translate,
  type: string,
  step: { readonly name: string; readonly title: string },
): string {
  const usual = wordOf(t, `step.${step.name}`, step.title);
  return wordOf(t, `step.${type}.${step.name}`, usual);
}

/** Where something failed. */
export function layerName(t: Translate, layer: string): string {
  return wordOf(t, `layer.${layer}`, layer.replaceAll('_', ' '));
}
