import type { Translate } from '../platform/i18n/i18n';

/** What the manager notes by itself. */
const CLIENT = /^Client “(.*)” (added|changed|removed)$/;

/** Why a version was made: as somebody wrote it, or in the language on screen where the manager did. */
export function noteText(t: Translate, note: string): string {
  const [, name = '', what] = CLIENT.exec(note) ?? [];
  switch (what) {
    case 'added':
      return t('xray.noteAdded', { name });
    case 'changed':
      return t('xray.noteChanged', { name });
    case 'removed':
      return t('xray.noteRemoved', { name });
    default:
      return note;
  }
}
