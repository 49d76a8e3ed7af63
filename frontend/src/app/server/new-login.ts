import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { I18n } from '../platform/i18n/i18n';
import { AddLoginDialog } from '../ssh-login/add-login-dialog';
import type { AddLoginRequest } from '../ssh-login/add-login-dialog';
import { Dialogs } from '../ui/dialogs';
import { Toasts } from '../ui/toasts';
import { ServerStore } from './server-store';

/** Gives the server of the page an SSH login, which it has none of. */
@Injectable()
export class NewLogin {
  private readonly dialogs = inject(Dialogs);
  private readonly i18n = inject(I18n);
  private readonly store = inject(ServerStore);
  private readonly toasts = inject(Toasts);

  async add(): Promise<void> {
    const details = this.store.details();
    if (!details) return;
    const ref = this.dialogs.open<boolean, AddLoginRequest, AddLoginDialog>(AddLoginDialog, {
      data: { serverId: details.id, serverName: details.name, host: details.host },
      width: '600px',
      keepOpen: true,
    });
    if ((await firstValueFrom(ref.closed)) !== true) return;
    this.toasts.show(this.i18n.t('server.loginAdded'));
    await this.store.reload();
  }
}
