import { ErrorHandler, Injectable, computed, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { en } from '../../../i18n/en';
import type { Dictionary, Key, ParamsOf } from '../../../i18n/en';
import { Preferences } from '../preferences';
import { useManagerWords } from './manager-words';
import { formatMessage } from './message';
import type { MessageParams } from './message';

/** Languages the console speaks, in the order of the language menu. */
export const LANGUAGES = [
  { id: 'en', name: 'English' },
  { id: 'zh-CN', name: '简体中文' },
] as const;
export type Language = (typeof LANGUAGES)[number]['id'];

/** Translates a key; the parameters are those its English text names. */
export type Translate = <K extends Key>(key: K, ...params: ParamsOf<K>) => string;

/**
 * The texts in the chosen language. Switching needs no reload: every template that called `t` follows.
 * Languages other than English are fetched when first chosen.
 */
@Injectable({ providedIn: 'root' })
export class I18n {
  private readonly document = inject(DOCUMENT);
  private readonly preferences = inject(Preferences);
  private readonly errors = inject(ErrorHandler);
  private readonly current = signal<{ language: Language; dictionary: Dictionary }>({
    language: 'en',
    dictionary: en,
  });
  private readonly plural = computed(() => new Intl.PluralRules(this.language()));
  private readonly numbers = computed(() => new Intl.NumberFormat(this.language()));

  /** The language on screen. */
  readonly language = computed(() => this.current().language);

  readonly t: Translate = (key, ...params) =>
    formatMessage(
      this.current().dictionary[key],
      (params[0] as MessageParams | undefined) ?? {},
      this.plural(),
      this.numbers(),
    );

  /** Starts with the stored language, else the browser's. Never rejects: English is always there. */
  async start(): Promise<void> {
    const stored = this.preferences.read('language');
    const wanted = stored ?? this.document.documentElement.lang;
    await this.use(isLanguage(wanted) ? wanted : 'en', { remember: false });
  }

  /** Switches to `language`. If its texts cannot be fetched, the old language stays. */
  async use(language: Language, { remember = true } = {}): Promise<void> {
    try {
      const { dictionary, managerWords } = await load(language);
      useManagerWords(managerWords);
      this.current.set({ language, dictionary });
    } catch (error) {
      // The chunk could not be fetched (offline, or a new version was deployed meanwhile).
      this.errors.handleError(error);
      return;
    }
    this.document.documentElement.lang = language;
    if (remember) this.preferences.write('language', language);
  }
}

/** What a language is made of. */
interface Texts {
  readonly dictionary: Dictionary;
  readonly managerWords: Readonly<Record<string, string>>;
}

async function load(language: Language): Promise<Texts> {
  if (language === 'en') return { dictionary: en, managerWords: {} };
  const { zhCn, managerWordsZhCn } = await import('../../../i18n/zh-cn');
  return { dictionary: zhCn, managerWords: managerWordsZhCn };
}

function isLanguage(text: string): text is Language {
  return LANGUAGES.some(({ id }) => id === text);
}

/** The translate function, for components: `protected readonly t = injectTranslate()`. */
export function injectTranslate(): Translate {
  return inject(I18n).t;
}
