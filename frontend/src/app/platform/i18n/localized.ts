import { inject } from '@angular/core';
import type { LocalizedText } from '../api/generated/models/localized-text';
import { I18n } from './i18n';

/** Picks the text in the language on screen, of those the manager gives in every language. */
export type Localize = (text: LocalizedText) => string;

/** The pick function, for components: `protected readonly words = injectLocalize()`. */
export function injectLocalize(): Localize {
  const i18n = inject(I18n);
  return (text) => text[i18n.language()];
}
