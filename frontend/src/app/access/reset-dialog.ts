import { Component, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { form, submit } from '@angular/forms/signals';
import { Api } from '../platform/api/generated/api';
import { updateUser } from '../platform/api/generated/fn/access/update-user';
import type { User } from '../platform/api/generated/models/user';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { newPasswordRules } from '../platform/session/password-rules';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { focusFirstError } from '../ui/focus-first-error';
import { NewPasswordField } from './new-password-field';

/** Sets a new password for somebody who forgot theirs. Answers the user. */
@Component({
  selector: 'app-reset-dialog',
  imports: [Button, DialogFrame, ErrorState, NewPasswordField],
  styleUrl: './dialog-form.css',
  template: `<form novalidate (submit)="reset($event)">
    <ui-dialog-frame [heading]="t('users.resetOf', { name: user.login })">
      <div class="fields">
        <p class="muted">{{ t('users.resetBody') }}</p>
        @if (problem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
        <app-new-password-field [field]="form.password" />
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [busy]="busy()">{{ t('users.reset') }}</button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class ResetDialog {
  protected readonly user = inject<User>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<User>>(DialogRef);
  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly model = signal({ password: '' });
  protected readonly form = form(this.model, (path) => {
    newPasswordRules(path.password);
  });

  protected async reset(event: Event): Promise<void> {
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
      const body = { password: this.model().password };
      this.ref.close(await this.api.invoke(updateUser, { id: this.user.id, body }));
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
