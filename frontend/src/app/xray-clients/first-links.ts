import { Component, inject, input, resource } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listXrayClients } from '../platform/api/generated/fn/xray/list-xray-clients';
import { listXrayLinks } from '../platform/api/generated/fn/xray/list-xray-links';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { ClientLink } from './client-link';

/** Clients whose links are shown at once; all are on the page of the deployment. */
const SHOWN = 3;

/** How the first clients of a new deployment connect. */
@Component({
  selector: 'app-xray-first-links',
  imports: [Button, ClientLink, ErrorState, RouterLink, Skeleton],
  styles: `
    :host,
    section {
      display: flex;
      flex-direction: column;
      gap: 14px;
    }
    section {
      gap: 8px;
    }
  `,
  template: `@if (clients.hasValue()) {
      @for (client of clients.value(); track client.id) {
        @for (link of client.links; track link.inbound) {
          <section>
            <h3>{{ t('xray.linksOf', { name: client.name }) }}</h3>
            <app-xray-client-link
              [deploymentId]="deploymentId()"
              [clientId]="client.id"
              [name]="client.name"
              [link]="link"
            />
          </section>
        }
      } @empty {
        <p>
          <strong>{{ t('xray.noClients') }}.</strong> {{ t('xray.noClientsBody') }}
        </p>
      }
      <div>
        <a
          uiButton
          size="small"
          icon="users"
          [routerLink]="['/deployments', deploymentId(), 'clients']"
          >{{ t('xray.clients') }}</a
        >
      </div>
    } @else if (clients.error(); as error) {
      <ui-error-state [error]="error" (retry)="clients.reload()" />
    } @else {
      <ui-skeleton [lines]="4" />
    }`,
})
export class FirstLinks {
  readonly deploymentId = input.required<string>();

  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly clients = resource({
    params: () => ({ id: this.deploymentId() }),
    loader: async ({ params: { id } }) => {
      const { items } = await this.api.invoke(listXrayClients, { id });
      const shown = items.filter(({ enabled }) => enabled).slice(0, SHOWN);
      return Promise.all(
        shown.map(async (client) => {
          const { items: links } = await this.api.invoke(listXrayLinks, {
            id,
            client_id: client.id,
          });
          return { id: client.id, name: client.name, links };
        }),
      );
    },
  });
}
