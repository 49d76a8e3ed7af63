import { Component, computed, inject } from '@angular/core';
import { I18n, LANGUAGES } from '../platform/i18n/i18n';
import type { Language } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { THEMES, Theme } from '../platform/theme/theme';
import { Card } from '../ui/card';
import { PageHeader } from '../ui/page-header';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import type { ThemeChoice } from '../platform/theme/theme';
import { PasswordForm } from './password-form';
import { SessionList } from './session-list';

/** What somebody can set for themselves. */
@Component({
  selector: 'app-profile-page',
  imports: [Card, PageHeader, PasswordForm, Segmented, SessionList],
  styles: `
    .choices {
      display: flex;
      flex-wrap: wrap;
      gap: 12px 24px;
    }
    .choice {
      display: flex;
      flex-direction: column;
      align-items: flex-start;
      gap: 6px;
      max-width: 100%;
    }
    .choice > span {
      font-weight: 500;
    }
  `,
  template: `<div class="page page-narrow">
    <ui-page-header [heading]="t('profile.page')" [note]="intro()" />
    <ui-card [heading]="t('profile.look')" [note]="t('profile.lookHint')">
      <div class="choices">
        <div class="choice">
          <span>{{ t('shell.language') }}</span>
          <ui-segmented
            [label]="t('shell.language')"
            [segments]="languages"
            [value]="i18n.language()"
            (valueChange)="use($event)"
          />
        </div>
        <div class="choice">
          <span>{{ t('shell.theme') }}</span>
          <ui-segmented
            [label]="t('shell.theme')"
            [segments]="themes()"
            [value]="theme.choice()"
            (valueChange)="theme.choose($event)"
          />
        </div>
      </div>
    </ui-card>
    <app-password-form (changed)="sessions.reload()" />
    <app-session-list #sessions />
  </div>`,
})
export class ProfilePage {
  protected readonly i18n = inject(I18n);
  protected readonly theme = inject(Theme);
  private readonly session = inject(SessionStore);
  protected readonly t = this.i18n.t;
  protected readonly languages: readonly Segment<Language>[] = LANGUAGES.map(({ id, name }) => ({
    value: id,
    label: name,
  }));
  protected readonly themes = computed<readonly Segment<ThemeChoice>[]>(() =>
    THEMES.map((choice) => ({ value: choice, label: this.t(`theme.${choice}`) })),
  );
  protected readonly intro = computed(() => {
    const session = this.session.session();
    return session
      ? this.t('profile.intro', { name: session.login, role: this.t(`role.${session.role}`) })
      : '';
  });

  protected use(language: Language): void {
    void this.i18n.use(language);
  }
}
