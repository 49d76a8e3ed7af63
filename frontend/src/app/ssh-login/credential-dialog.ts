import { Component, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Api } from '../platform/api/generated/api';
import { updateServer } from '../platform/api/generated/fn/servers/update-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { EMPTY_LOGIN, authOf, checkLogin, isComplete, sudoPasswordOf } from './login-draft';
import type { LoginDraft } from './login-draft';
import { SshLoginFields } from './ssh-login-fields';

/** Whose login is to be replaced. */
export interface CredentialRequest {
  readonly serverId: string;
  readonly serverName: string;
  readonly username: string;
  /** Words of the button. */
  readonly action: string;
}

/** Replaces the SSH login of a server. Closes with true when it was stored. */
@Component({
  selector: 'app-credential-dialog',
  imports: [Button, DialogFrame, ErrorState, SshLoginFields],
  styles: `
    .body {
      display: flex;
      flex-direction: column;
      gap: 14px;
    }
  `,
  template: `<form (submit)="save($event)" novalidate>
    <ui-dialog-frame [heading]="t('login.replaceTitle', { name: request.serverName })">
      <div class="body">
        <p class="muted">{{ t('login.replaceBody') }}</p>
        <app-ssh-login-fields [(draft)]="draft" [tried]="tried()" />
        @if (problem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close(false)">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [busy]="busy()">{{ request.action }}</button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class CredentialDialog {
  protected readonly request = inject<CredentialRequest>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<boolean>>(DialogRef);
  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly draft = signal<LoginDraft>({
    ...EMPTY_LOGIN,
    username: this.request.username,
  });
  protected readonly tried = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    this.tried.set(true);
    const draft = this.draft();
    if (this.busy() || !isComplete(checkLogin(draft, this.t))) return;
    this.busy.set(true);
    try {
      const ssh = {
        username: draft.username.trim(),
        auth: authOf(draft),
        sudo_password: sudoPasswordOf(draft),
      };
      await this.api.invoke(updateServer, { id: this.request.serverId, body: { ssh } });
      this.ref.close(true);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
