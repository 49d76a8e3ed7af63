import { Injectable, computed, inject } from '@angular/core';
import { Router } from '@angular/router';
import { I18n, LANGUAGES } from '../platform/i18n/i18n';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { THEMES, Theme } from '../platform/theme/theme';
import { SigningOut } from './signing-out';
import { NavigationStore } from './navigation-store';

/** What the command palette can do on every page: go to pages, switch theme and language, sign out. */
@Injectable({ providedIn: 'root' })
export class BuiltInActions {
  private readonly router = inject(Router);
  private readonly i18n = inject(I18n);
  private readonly theme = inject(Theme);
  private readonly leaving = inject(SigningOut);
  private readonly navigation = inject(NavigationStore);

  readonly all = computed<readonly PaletteAction[]>(() => [
    ...this.pages(),
    ...this.preferences(),
    {
      id: 'sign-out',
      label: this.i18n.t('palette.signOut'),
      group: this.i18n.t('palette.preferences'),
      icon: 'sign-out',
      run: () => void this.leaving.signOut(),
    },
  ]);

  private pages(): readonly PaletteAction[] {
    return this.navigation.pages().map(({ path, label, icon, keys }) => ({
      id: `page-${path}`,
      label: this.i18n.t(label),
      group: this.i18n.t('palette.pages'),
      icon,
      hint: keys,
      keywords: path,
      run: () => void this.router.navigateByUrl(`/${path}`),
    }));
  }

  private preferences(): readonly PaletteAction[] {
    const group = this.i18n.t('palette.preferences');
    const themes = THEMES.map((choice) => ({
      id: `theme-${choice}`,
      label: this.i18n.t('palette.theme', { theme: this.i18n.t(`theme.${choice}`) }),
      group,
      icon: 'sun' as const,
      keywords: `theme ${choice}`,
      run: () => {
        this.theme.choose(choice);
      },
    }));
    const languages = LANGUAGES.map(({ id, name }) => ({
      id: `language-${id}`,
      label: this.i18n.t('palette.language', { language: name }),
      group,
      icon: 'languages' as const,
      keywords: `language ${id}`,
      run: () => void this.i18n.use(id),
    }));
    return [...themes, ...languages];
  }
}
