import { Component, computed, effect, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { retryOperation } from '../platform/api/generated/fn/operations/retry-operation';
import { getServer } from '../platform/api/generated/fn/servers/get-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveResource } from '../platform/live/live-resource';
import { PageTitle } from '../platform/page/page-title';
import { toProblem } from '../platform/problem/parse-problem';
import { SessionStore } from '../platform/session/session-store';
import { followOperation, hasEnded } from '../operations/operation-feed';
import { OperationProgress } from '../operations/operation-progress';
import { CredentialDialog } from '../ssh-login/credential-dialog';
import type { CredentialRequest } from '../ssh-login/credential-dialog';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Dialogs } from '../ui/dialogs';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Toasts } from '../ui/toasts';

/** Layers at which another login may help. */
const LOGIN_LAYERS = ['authentication', 'sudo', 'jump_host'];

/** The live installation of a server's agent: found again under this address after a reload. */
@Component({
  selector: 'app-installation-page',
  imports: [Button, Card, Notice, OperationProgress, PageHeader, RouterLink],
  styles: `
    .done {
      display: flex;
      flex-direction: column;
      gap: 10px;
    }
  `,
  template: `<div class="page page-narrow">
    <ui-page-header [heading]="heading()" [note]="succeeded() ? '' : t('operation.leave')">
      <a uiPageActions uiButton [routerLink]="['/servers', id()]">{{ t('servers.open') }}</a>
    </ui-page-header>
    @if (succeeded()) {
      <ui-notice tone="ok" alert>
        <div class="done">
          <div>
            <h3>{{ t('add.doneTitle', { name: name() }) }}</h3>
            <p>{{ t('add.doneBody') }}</p>
          </div>
          <div class="row">
            @if (mayRun()) {
              <a uiButton="primary" icon="terminal" [routerLink]="['/servers', id(), 'commands']">{{
                t('add.firstCommand')
              }}</a>
            }
            <a uiButton icon="plus" routerLink="/servers/add">{{ t('add.another') }}</a>
          </div>
        </div>
      </ui-notice>
    }
    <ui-card>
      <app-operation-progress [feed]="feed">
        @if (loginMayHelp()) {
          <button appOperationRemedy uiButton size="small" icon="key" (click)="changeLogin()">
            {{ t('add.changeLogin') }}
          </button>
        } @else if (keyChanged()) {
          <a
            appOperationRemedy
            uiButton
            size="small"
            icon="fingerprint"
            [routerLink]="['/servers', id(), 'settings']"
            >{{ t('server.reviewKey') }}</a
          >
        }
      </app-operation-progress>
    </ui-card>
  </div>`,
})
export class InstallationPage {
  readonly id = input.required<string>();
  readonly operationId = input.required<string>();

  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly feed = followOperation(this.operationId);
  private readonly server = liveResource({
    topics: () => (this.id() === '' ? [] : ['servers']),
    load: () => this.api.invoke(getServer, { id: this.id() }),
    refetchOn: ({ data }) => data.id === this.id(),
    merge: (server) => server,
  });

  protected readonly operation = this.feed.operation;
  protected readonly name = computed(
    () => this.server.value()?.name ?? this.operation()?.server_name ?? '',
  );
  protected readonly heading = computed(() => this.t('add.installing', { name: this.name() }));
  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  protected readonly succeeded = computed(() => this.operation()?.state === 'succeeded');
  private readonly failedLayer = computed(() => {
    const operation = this.operation();
    return operation && hasEnded(operation) ? (operation.error?.layer ?? null) : null;
  });
  protected readonly keyChanged = computed(() => this.failedLayer() === 'host_key');
  protected readonly loginMayHelp = computed(
    () =>
      LOGIN_LAYERS.includes(this.failedLayer() ?? '') &&
      this.server.value()?.connection === 'ssh' &&
      this.session.can('servers:write'),
  );

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      title.nameSubject(`/servers/${this.id()}`, this.name());
    });
  }

  protected async changeLogin(): Promise<void> {
    const data: CredentialRequest = {
      serverId: this.id(),
      serverName: this.name(),
      // The document says it is always there; a local server has none.
      username: this.server.value()?.ssh?.username ?? 'root',
      action: this.t('add.saveAndRetry'),
    };
    const ref = this.dialogs.open<boolean, CredentialRequest, CredentialDialog>(CredentialDialog, {
      data,
      width: '560px',
      keepOpen: true,
    });
    if ((await firstValueFrom(ref.closed)) !== true) return;
    try {
      await this.api.invoke(retryOperation, { id: this.operationId() });
    } catch (error) {
      this.toasts.show(toProblem(error).detail, { tone: 'bad' });
    }
    await this.feed.resource.reload();
  }
}
