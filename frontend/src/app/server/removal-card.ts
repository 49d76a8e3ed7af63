import { Component, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { ServerActions } from '../servers/server-actions';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ServerStore } from './server-store';

/** Takes the server out of MyX. */
@Component({
  selector: 'app-removal-card',
  imports: [Button, Card],
  styles: `
    div {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 16px;
    }
    p {
      flex: 1;
      min-width: 240px;
    }
  `,
  template: `<ui-card [heading]="t('server.removal')" icon="trash">
    <div>
      <p class="muted">{{ t('server.removalBody') }}</p>
      <button uiButton="danger" (click)="remove()">{{ t('servers.remove') }}</button>
    </div>
  </ui-card>`,
})
export class RemovalCard {
  private readonly store = inject(ServerStore);
  private readonly actions = inject(ServerActions);
  protected readonly t = injectTranslate();

  protected async remove(): Promise<void> {
    const server = this.store.live();
    if (server && (await this.actions.remove([server]))) await this.store.reload();
  }
}
