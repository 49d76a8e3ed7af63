import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { Preferences } from '../preferences';

/** What can be chosen; `system` follows the operating system. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

/** The colour theme. The tokens themselves are CSS; this only picks which half of them is used. */
@Injectable({ providedIn: 'root' })
export class Theme {
  private readonly document = inject(DOCUMENT);
  private readonly preferences = inject(Preferences);
  private readonly systemIsDark = signal(false);
  private readonly chosen = signal<ThemeChoice>('system');

  readonly choice = this.chosen.asReadonly();

  /** What is on screen. Canvas-like widgets read it to know when to read their colours again. */
  readonly mode = computed<'light' | 'dark'>(() => {
    const choice = this.chosen();
    if (choice !== 'system') return choice;
    return this.systemIsDark() ? 'dark' : 'light';
  });

  constructor() {
    const query = this.document.defaultView?.matchMedia('(prefers-color-scheme: dark)');
    if (query) {
      const follow = (): void => {
        this.systemIsDark.set(query.matches);
      };
      follow();
      query.addEventListener('change', follow);
      inject(DestroyRef).onDestroy(() => {
        query.removeEventListener('change', follow);
      });
    }
    const stored = this.preferences.read('theme');
    this.apply(THEMES.find((theme) => theme === stored) ?? 'system');
  }

  /** Switches and remembers. */
  choose(choice: ThemeChoice): void {
    this.apply(choice);
    this.preferences.write('theme', choice);
  }

  private apply(choice: ThemeChoice): void {
    this.chosen.set(choice);
    this.document.documentElement.dataset.theme = choice;
  }
}
