import type { PlainKey } from '../../i18n/en';
import type { Translate } from '../platform/i18n/i18n';

/** What CodeMirror says, and where its translation is. */
const PHRASES: Readonly<Record<string, PlainKey>> = {
  Find: 'editor.find',
  Replace: 'editor.replaceWith',
  next: 'editor.next',
  previous: 'editor.previous',
  all: 'editor.all',
  'match case': 'editor.matchCase',
  regexp: 'editor.regexp',
  'by word': 'editor.byWord',
  replace: 'editor.replace',
  'replace all': 'editor.replaceAll',
  close: 'ui.close',
  'current match': 'editor.currentMatch',
  'on line': 'editor.onLine',
  'replaced $ matches': 'editor.replacedMany',
  'replaced match on line $': 'editor.replacedOne',
  'Go to line': 'editor.goToLine',
  go: 'editor.go',
  'Control character': 'editor.controlCharacter',
};

/** CodeMirror's words in the language on screen. */
export function codePhrases(t: Translate): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(PHRASES).map(([phrase, key]) => [phrase, t(key)]));
}
