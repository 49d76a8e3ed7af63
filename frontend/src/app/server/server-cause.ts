import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { layerName } from '../operations/operation-words';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';
import { ServerStore } from './server-store';

/** Why a server is not simply online, since when, and where to go about it. */
@Component({
  selector: 'app-server-cause',
  imports: [Button, Notice, RelativeTime, RouterLink],
  styles: `
    .row {
      margin-top: 8px;
    }
  `,
  template: `@if (server(); as server) {
    @if (server.status_cause; as cause) {
      <ui-notice [tone]="look().tone">
        <h3>
          {{ t(look().label) }}: {{ layer() }} ·
          <ui-relative-time [at]="server.status_since" />
        </h3>
        <p>{{ causeText(cause) }}</p>
        @if (needsTrust()) {
          <div class="row">
            <a uiButton size="small" icon="fingerprint" routerLink="settings">{{
              t('server.reviewKey')
            }}</a>
          </div>
        } @else if (needsInstall()) {
          <div class="row">
            <a uiButton size="small" icon="list" routerLink="operations">{{
              t('server.seeInstallation')
            }}</a>
          </div>
        }
      </ui-notice>
    } @else if (server.status === 'new') {
      <ui-notice tone="info">{{ t('server.newBody') }}</ui-notice>
    }
  }`,
})
export class ServerCause {
  private readonly store = inject(ServerStore);
  protected readonly t = injectTranslate();
  protected readonly causeText = causeText;
  protected readonly server = computed(() => this.store.live());
  protected readonly look = computed(() => SERVER_STATUS[this.server()?.status ?? 'new']);
  protected readonly layer = computed(() =>
    layerName(this.t, this.server()?.status_cause?.layer ?? 'agent'),
  );
  protected readonly needsTrust = computed(() => {
    const status = this.server()?.status;
    return status === 'host_key_changed' || status === 'certificate_changed';
  });
  protected readonly needsInstall = computed(() => this.server()?.status === 'install_failed');
}
