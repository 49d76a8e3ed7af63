import { Component, inject, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { Api } from '../platform/api/generated/api';
import { changePassword } from '../platform/api/generated/fn/access/change-password';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { newPasswordRules, repeatsPassword } from '../platform/session/password-rules';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { focusFirstError } from '../ui/focus-first-error';
import { Field } from '../ui/field';
import { PasswordInput } from '../ui/password-input';
import { Toasts } from '../ui/toasts';

const EMPTY = { current: '', fresh: '', repeated: '' };

/** Changes one's own password. */
@Component({
  selector: 'app-password-form',
  imports: [Button, Card, ErrorState, Field, FormField, PasswordInput],
  styles: `
    form {
      display: flex;
      flex-direction: column;
      align-items: flex-start;
      gap: 16px;
    }
    ui-field {
      width: min(360px, 100%);
    }
  `,
  template: `<ui-card [heading]="t('profile.passwordTitle')" [note]="t('profile.passwordIntro')">
    <form (submit)="change($event)" novalidate>
      <ui-field
        [label]="t('profile.current')"
        [problem]="problem()?.name === 'login_failed' ? t('profile.currentWrong') : null"
      >
        <ui-password-input autocomplete="current-password" [formField]="form.current" />
      </ui-field>
      <ui-field [label]="t('profile.new')" [hint]="t('access.passwordHint')">
        <ui-password-input autocomplete="new-password" [formField]="form.fresh" />
      </ui-field>
      <ui-field [label]="t('access.repeatPassword')">
        <ui-password-input autocomplete="new-password" [formField]="form.repeated" />
      </ui-field>
      @if (problem(); as error) {
        @if (error.name !== 'login_failed') {
          <ui-error-state [error]="error" [retryable]="false" />
        }
      }
      <button uiButton type="submit" [busy]="busy()">{{ t('profile.change') }}</button>
    </form>
  </ui-card>`,
})
export class PasswordForm {
  /** The password was changed, and other sessions have ended. */
  readonly changed = output();
  private readonly api = inject(Api);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly model = signal(EMPTY);
  protected readonly form = form(this.model, (path) => {
    required(path.current);
    newPasswordRules(path.fresh);
    required(path.repeated);
    repeatsPassword(path.repeated, path.fresh, this.t);
  });

  protected async change(event: Event): Promise<void> {
    event.preventDefault();
    this.problem.set(null);
    await submit(this.form, {
      action: this.send.bind(this),
      onInvalid: focusFirstError,
    });
  }

  private async send(): Promise<void> {
    this.busy.set(true);
    try {
      const { current, fresh } = this.model();
      await this.api.invoke(changePassword, {
        body: { current_password: current, new_password: fresh },
      });
      this.form().reset(EMPTY);
      this.toasts.show(this.t('profile.changed'));
      this.changed.emit();
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
