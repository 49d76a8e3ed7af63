import { en } from '../../i18n/en';
import type { PlainKey } from '../../i18n/en';
import type { Translate } from '../platform/i18n/i18n';

/** What was done, in words; an action of a newer manager is shown by its own name. */
export function actionName(t: Translate, action: string): string {
  const key = `audit.action.${action}`;
  return key in en ? t(key as PlainKey) : action;
}

/** The actions this console has words for. */
export function knownActions(): readonly string[] {
  const prefix = 'audit.action.';
  return Object.keys(en)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .sort();
}
