import { Component, computed, inject } from '@angular/core';
import { I18n, LANGUAGES } from '../platform/i18n/i18n';
import { THEMES, Theme } from '../platform/theme/theme';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import type { IconName } from '../ui/icons';

const THEME_ICONS = { system: 'monitor', light: 'sun', dark: 'moon' } as const satisfies Record<
  string,
  IconName
>;

/** Language and theme, side by side. */
@Component({
  selector: 'app-preference-menus',
  imports: [ActionMenu],
  styles: `
    :host {
      display: inline-flex;
      gap: 2px;
    }
  `,
  template: `<ui-action-menu
      icon="languages"
      [label]="t('shell.language')"
      [actions]="languages()"
    />
    <ui-action-menu [icon]="themeIcon()" [label]="t('shell.theme')" [actions]="themes()" />`,
})
export class PreferenceMenus {
  private readonly i18n = inject(I18n);
  private readonly theme = inject(Theme);
  protected readonly t = this.i18n.t;
  protected readonly themeIcon = computed(() => (this.theme.mode() === 'dark' ? 'moon' : 'sun'));

  protected readonly languages = computed<readonly MenuAction[]>(() =>
    LANGUAGES.map(({ id, name }) => ({
      label: name,
      checked: this.i18n.language() === id,
      run: () => void this.i18n.use(id),
    })),
  );
  protected readonly themes = computed<readonly MenuAction[]>(() =>
    THEMES.map((choice) => ({
      label: this.t(`theme.${choice}`),
      icon: THEME_ICONS[choice],
      checked: this.theme.choice() === choice,
      run: () => {
        this.theme.choose(choice);
      },
    })),
  );
}
