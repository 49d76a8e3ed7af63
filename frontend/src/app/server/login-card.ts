import { Component, computed, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { CredentialDialog } from '../ssh-login/credential-dialog';
import type { CredentialRequest } from '../ssh-login/credential-dialog';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Definition, DefinitionList } from '../ui/definition-list';
import { Dialogs } from '../ui/dialogs';
import { RelativeTime } from '../ui/relative-time';
import { Toasts } from '../ui/toasts';
import { NewLogin } from './new-login';
import { ServerStore } from './server-store';

/** How the manager logs in for installation and repair. The secret itself is never shown. */
@Component({
  selector: 'app-login-card',
  imports: [Button, Card, Definition, DefinitionList, RelativeTime],
  template: `<ui-card [heading]="t('server.login')" [note]="note()" icon="key">
    @if (mayChange()) {
      <button uiCardActions uiButton size="small" (click)="login() ? replace() : newLogin.add()">
        {{ t(login() ? 'server.replaceLogin' : 'server.addLogin') }}
      </button>
    }
    @if (login(); as login) {
      <ui-definition-list>
        <ui-definition [term]="t('login.username')">{{ login.username }}</ui-definition>
        <ui-definition [term]="t('login.with')">{{ way() }}</ui-definition>
        <ui-definition [term]="t('login.port')">{{ login.port }}</ui-definition>
        <ui-definition [term]="t('login.sudo')">{{
          t(login.has_sudo_password ? 'server.stored' : 'server.notStored')
        }}</ui-definition>
        @if (jumpHost(); as jump) {
          <ui-definition [term]="t('login.jumpHost')">{{ jump }}</ui-definition>
        }
        <ui-definition [term]="t('server.replacedAt')"
          ><ui-relative-time [at]="login.updated_at"
        /></ui-definition>
      </ui-definition-list>
    } @else {
      <p class="muted">{{ t(isLocal() ? 'server.localLogin' : 'server.noLogin') }}</p>
    }
  </ui-card>`,
})
export class LoginCard {
  protected readonly newLogin = inject(NewLogin);
  private readonly store = inject(ServerStore);
  private readonly session = inject(SessionStore);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly login = computed(() => this.store.details()?.ssh ?? null);
  protected readonly isLocal = computed(() => this.store.details()?.connection === 'local');
  protected readonly mayChange = computed(
    () => this.session.can('servers:write') && this.store.details() !== null && !this.isLocal(),
  );
  protected readonly note = computed(() => (this.login() ? this.t('server.loginNote') : ''));
  protected readonly way = computed(() => {
    const login = this.login();
    if (login?.auth_type === 'password') return this.t('access.password');
    return this.t(login?.has_passphrase ? 'server.keyWithPassphrase' : 'login.privateKey');
  });
  protected readonly jumpHost = computed(() => {
    // The document says it is always there; most servers have none.
    const jump = this.login()?.jump_host ?? null;
    return jump ? `${jump.username}@${jump.host}:${String(jump.port)}` : null;
  });

  protected async replace(): Promise<void> {
    const ref = this.dialogs.open<boolean, CredentialRequest, CredentialDialog>(CredentialDialog, {
      data: {
        serverId: this.store.id(),
        serverName: this.store.name(),
        username: this.login()?.username ?? 'root',
        action: this.t('ui.save'),
      },
      width: '560px',
      keepOpen: true,
    });
    if ((await firstValueFrom(ref.closed)) !== true) return;
    this.toasts.show(this.t('server.loginReplaced'));
    await this.store.reload();
  }
}
