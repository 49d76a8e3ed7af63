import { Component, computed, inject, signal } from '@angular/core';
import { DialogRef } from '@angular/cdk/dialog';
import { FormField, form, pattern, required, submit, validate } from '@angular/forms/signals';
import { Api } from '../platform/api/generated/api';
import { createUser } from '../platform/api/generated/fn/access/create-user';
import type { User } from '../platform/api/generated/models/user';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { LOGIN_PATTERN, newPasswordRules } from '../platform/session/password-rules';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { focusFirstError } from '../ui/focus-first-error';
import { Field, Input } from '../ui/field';
import { RadioCards } from '../ui/radio-cards';
import { NewPasswordField } from './new-password-field';
import { roleChoices, roleFrom } from './roles';

/** Adds somebody who may sign in. Answers the user. */
@Component({
  selector: 'app-user-dialog',
  imports: [Button, DialogFrame, ErrorState, Field, FormField, Input, NewPasswordField, RadioCards],
  styleUrl: './dialog-form.css',
  template: `<form novalidate (submit)="add($event)">
    <ui-dialog-frame [heading]="t('users.add')">
      <div class="fields">
        @if (problem(); as error) {
          @if (error.name !== 'login_taken') {
            <ui-error-state [error]="error" [retryable]="false" />
          }
        }
        <ui-field
          [label]="t('access.login')"
          [problem]="problem()?.name === 'login_taken' ? t('users.taken') : null"
        >
          <input uiInput autocomplete="off" spellcheck="false" [formField]="form.login" />
        </ui-field>
        <ui-radio-cards [legend]="t('users.role')" [choices]="choices()" [formField]="form.role" />
        <app-new-password-field [field]="form.password" />
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [busy]="busy()">{{ t('users.add') }}</button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class UserDialog {
  protected readonly ref = inject<DialogRef<User>>(DialogRef);
  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly choices = computed(() => roleChoices(this.t));
  private readonly model = signal({ login: '', role: 'operator', password: '' });
  protected readonly form = form(this.model, (path) => {
    required(path.login);
    pattern(path.login, LOGIN_PATTERN, { message: () => this.t('access.loginPattern') });
    newPasswordRules(path.password);
    validate(path.password, ({ value, valueOf }) =>
      value() !== '' && value() === valueOf(path.login)
        ? { kind: 'login', message: this.t('access.passwordIsLogin') }
        : null,
    );
  });

  protected async add(event: Event): Promise<void> {
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
      const { login, role, password } = this.model();
      const body = { login, password, role: roleFrom(role) };
      this.ref.close(await this.api.invoke(createUser, { body }));
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
