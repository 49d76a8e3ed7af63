import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { listXrayClients } from '../platform/api/generated/fn/xray/list-xray-clients';
import { removeXrayClient } from '../platform/api/generated/fn/xray/remove-xray-client';
import { updateXrayClient } from '../platform/api/generated/fn/xray/update-xray-client';
import type { XrayClient } from '../platform/api/generated/models/xray-client';
import type { XrayClientChange } from '../platform/api/generated/models/xray-client-change';
import type { XrayClientList } from '../platform/api/generated/models/xray-client-list';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveResource } from '../platform/live/live-resource';
import { problemText } from '../platform/problem/problem-text';
import { Clock } from '../platform/time/clock';
import { DeploymentStore } from '../deployment/deployment-store';
import { stepTitle } from '../operations/operation-words';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Dialogs } from '../ui/dialogs';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { Toasts } from '../ui/toasts';
import { ClientDialog } from './client-dialog';
import type { ClientQuestion } from './client-dialog';
import { ClientRow } from './client-row';
import type { ClientAction } from './client-row';
import { LinksDialog } from './links-dialog';
import type { LinksQuestion } from './links-dialog';

/** How often traffic is asked for again while the page is looked at, in milliseconds. */
const TRAFFIC_MS = 20_000;

/** Who may connect to an Xray: clients with their traffic, links and subscriptions. */
@Component({
  selector: 'app-xray-clients-tab',
  imports: [Button, Card, ClientRow, EmptyState, ErrorState, Notice, RelativeTime, Skeleton],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
    app-xray-client-row:not(:first-child) {
      border-top: 1px solid var(--line);
    }
    .read {
      padding: 8px 16px;
      border-top: 1px solid var(--line);
    }
  `,
  template: `@if (working(); as step) {
      <ui-notice tone="info"
        ><span role="status">{{ t('xray.applying') }} {{ step }}</span></ui-notice
      >
    }
    @if (list.problem(); as error) {
      <ui-error-state [error]="error" (retry)="list.reload()" />
    }
    @if (list.value(); as clients) {
      @if (clients.items.length === 0) {
        <ui-card
          ><ui-empty-state
            icon="users"
            [heading]="t('xray.noClients')"
            [body]="t('xray.noClientsBody')"
          >
            @if (store.mayWrite()) {
              <button uiButton="primary" icon="plus" [disabled]="!store.isFree()" (click)="add()">
                {{ t('xray.add') }}
              </button>
            }
          </ui-empty-state></ui-card
        >
      } @else {
        <ui-card [heading]="t('xray.clients')" [note]="t('xray.clientsNote')" icon="users" flush>
          @if (store.mayWrite()) {
            <button
              uiCardActions
              uiButton="primary"
              icon="plus"
              [disabled]="!store.isFree()"
              (click)="add()"
            >
              {{ t('xray.add') }}
            </button>
          }
          <div role="list" [attr.aria-label]="t('xray.clients')">
            @for (client of clients.items; track client.id) {
              <app-xray-client-row
                [client]="client"
                [mayWrite]="store.mayWrite()"
                [isFree]="store.isFree()"
                [busy]="changing() === client.id"
                (chosen)="act(client, $event)"
              />
            }
          </div>
          <p class="read small muted number">
            @if (clients.traffic_problem; as why) {
              {{ t('xray.trafficProblem') }} {{ why }}
            }
            @if (clients.traffic_read_at; as at) {
              {{ t('xray.trafficRead') }} <ui-relative-time [at]="at" />
            } @else if (!clients.traffic_problem) {
              {{ t('xray.trafficNotRead') }}
            }
          </p>
        </ui-card>
      }
    } @else if (!list.problem()) {
      <ui-skeleton [lines]="6" [height]="24" />
    }`,
})
export class XrayClientsTab {
  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);
  protected readonly store = inject(DeploymentStore);
  protected readonly t = injectTranslate();
  /** The client that is being changed. */
  protected readonly changing = signal<string | null>(null);

  protected readonly list = liveResource<XrayClientList>({
    topics: () => (this.store.id() === '' ? [] : [`deployments:${this.store.id()}`]),
    load: () => this.api.invoke(listXrayClients, { id: this.store.id() }),
    refetchOn: ({ type }) => type === 'deployment_changed',
    merge: (clients) => clients,
  });

  /** The step that applies a change now; null when nothing is applied. */
  protected readonly working = computed(() => {
    if (this.store.isFree()) return null;
    const operation = this.store.operation.operation();
    const step = operation?.steps.find(({ state }) => state === 'running');
    if (!operation || !step) return '';
    return this.t('operation.nowAt', { step: stepTitle(this.t, operation.type, step) });
  });

  constructor() {
    const round = computed(() => Math.floor(this.clock.now() / TRAFFIC_MS));
    let seen = round();
    effect(() => {
      const now = round();
      if (now === seen) return;
      seen = now;
      if (untracked(this.list.value)) void this.list.reload();
    });
  }

  protected async add(): Promise<void> {
    const change = await this.ask({ id: this.store.id(), client: null });
    if (!change) return;
    await this.applied(change.operation_id);
    this.showLinks(change.client);
  }

  protected async act(client: XrayClient, action: ClientAction): Promise<void> {
    switch (action) {
      case 'links':
        this.showLinks(client);
        return;
      case 'rename': {
        const change = await this.ask({ id: this.store.id(), client });
        if (change) await this.applied(change.operation_id);
        return;
      }
      case 'remove':
        await this.remove(client);
        return;
      case 'enable':
      case 'disable':
        await this.change(client, async (path) => {
          const body = { enabled: action === 'enable' };
          return (await this.api.invoke(updateXrayClient, { ...path, body })).operation_id;
        });
    }
  }

  private async remove(client: XrayClient): Promise<void> {
    const sure = await this.dialogs.confirm({
      title: this.t('xray.removeTitle', { name: client.name, server: this.store.serverName() }),
      body: this.t('xray.removeBody'),
      consequences: [
        this.t('xray.losesAccess'),
        this.t('xray.losesSubscription'),
        this.t('xray.losesTraffic'),
      ],
      action: this.t('xray.remove'),
    });
    if (!sure) return;
    await this.change(client, async (path) => {
      return (await this.api.invoke(removeXrayClient, path)).operation_id;
    });
  }

  private async change(
    client: XrayClient,
    send: (path: { id: string; client_id: string }) => Promise<string | null>,
  ): Promise<void> {
    if (this.changing() !== null) return;
    this.changing.set(client.id);
    try {
      await this.applied(await send({ id: this.store.id(), client_id: client.id }));
    } catch (error) {
      const { title, detail } = problemText(error, this.t);
      this.toasts.show(`${title}. ${detail}`, { tone: 'bad' });
    } finally {
      this.changing.set(null);
    }
  }

  private async applied(operation: string | null): Promise<void> {
    await Promise.all([this.store.follow(operation), this.list.reload()]);
  }

  private async ask(question: ClientQuestion): Promise<XrayClientChange | undefined> {
    const ref = this.dialogs.open<XrayClientChange, ClientQuestion, ClientDialog>(ClientDialog, {
      data: question,
    });
    return firstValueFrom(ref.closed, { defaultValue: undefined });
  }

  private showLinks({ id, name }: XrayClient): void {
    const data: LinksQuestion = {
      deploymentId: this.store.id(),
      clientId: id,
      name,
      news: this.list.value,
      reload: this.list.reload,
    };
    this.dialogs.open<undefined, LinksQuestion, LinksDialog>(LinksDialog, {
      data,
      width: '640px',
      onTop: true,
    });
  }
}
