import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Api } from '../platform/api/generated/api';
import { updateUser } from '../platform/api/generated/fn/access/update-user';
import type { User } from '../platform/api/generated/models/user';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { RadioCards } from '../ui/radio-cards';
import { roleChoices, roleFrom } from './roles';

/** Gives somebody another role. Answers the user. */
@Component({
  selector: 'app-role-dialog',
  imports: [Button, DialogFrame, ErrorState, RadioCards],
  styleUrl: './dialog-form.css',
  template: `<form novalidate (submit)="save($event)">
    <ui-dialog-frame [heading]="t('users.roleOf', { name: user.login })">
      <div class="fields">
        @if (problem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
        <ui-radio-cards [legend]="t('users.role')" [choices]="choices()" [(value)]="role" />
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [busy]="busy()" [disabled]="role() === user.role">
          {{ t('users.changeRole') }}
        </button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class RoleDialog {
  protected readonly user = inject<User>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<User>>(DialogRef);
  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly role = signal<string>(this.user.role);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly choices = computed(() => roleChoices(this.t));

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      const body = { role: roleFrom(this.role()) };
      this.ref.close(await this.api.invoke(updateUser, { id: this.user.id, body }));
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
