import { Component, computed, inject } from '@angular/core';
import { SessionStore } from '../platform/session/session-store';
import { injectTranslate } from '../platform/i18n/i18n';
import { Notice } from '../ui/notice';
import { AgentCard } from './agent-card';
import { GeneralCard } from './general-card';
import { HeartbeatCard } from './heartbeat-card';
import { LoginCard } from './login-card';
import { NewLogin } from './new-login';
import { RemovalCard } from './removal-card';
import { ServerStore } from './server-store';
import { TrustCard } from './trust-card';

/** Everything about a server that can be changed. */
@Component({
  selector: 'app-settings-tab',
  imports: [AgentCard, GeneralCard, HeartbeatCard, LoginCard, Notice, RemovalCard, TrustCard],
  providers: [NewLogin],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 16px;
      width: 100%;
      max-width: 860px;
    }
  `,
  template: `@if (isBeingRemoved()) {
      <ui-notice tone="warn">{{ t('server.beingRemoved') }}</ui-notice>
    } @else if (!mayWrite()) {
      <ui-notice tone="info">{{ t('server.readOnly') }}</ui-notice>
    }
    <app-general-card />
    <app-trust-card />
    <app-login-card />
    <app-heartbeat-card />
    <app-agent-card />
    @if (mayWrite()) {
      <app-removal-card />
    }`,
})
export class SettingsTab {
  private readonly session = inject(SessionStore);
  private readonly store = inject(ServerStore);
  protected readonly t = injectTranslate();
  protected readonly mayWrite = computed(() => this.session.can('servers:write'));
  protected readonly isBeingRemoved = computed(() => this.store.live()?.status === 'removing');
}
