import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listDeployments } from '../platform/api/generated/fn/deployments/list-deployments';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { causeText } from '../platform/i18n/manager-words';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveResource } from '../platform/live/live-resource';
import { SessionStore } from '../platform/session/session-store';
import { differenceText } from '../deployment/difference-text';
import { failureText } from '../deployment/failure-text';
import { KindCatalog } from '../deployment/kind-catalog';
import { StateTime } from '../deployment/state-time';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { DEPLOYMENT_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { ServerStore } from './server-store';

/** One server has at most one deployment of a kind, and there are few kinds. */
const MOST = 100;

/** What MyX has put on the server: every service with its state. */
@Component({
  selector: 'app-services-tab',
  imports: [
    Button,
    Card,
    EmptyState,
    ErrorState,
    Icon,
    RouterLink,
    Skeleton,
    StaleMarker,
    StateTime,
    StatusBadge,
  ],
  styleUrl: './services-tab.css',
  template: `@if (list.problem(); as error) {
      <ui-error-state [error]="error" (retry)="list.reload()" />
    }
    @if (services(); as services) {
      @if (services.length === 0) {
        <ui-card
          ><ui-empty-state
            icon="box"
            [heading]="t('services.empty')"
            [body]="t('services.emptyBody')"
          >
            @if (mayWrite()) {
              <a uiButton icon="plus" routerLink="/deployments/new" [queryParams]="toAdd()">{{
                t('services.add')
              }}</a>
            }
          </ui-empty-state></ui-card
        >
      } @else {
        <ui-card [heading]="t('services.title')" [note]="t('services.note')" icon="box" flush>
          <ui-stale-marker uiCardActions [fetchedAt]="list.fetchedAt()" />
          @if (mayWrite()) {
            <a
              uiCardActions
              uiButton
              icon="plus"
              routerLink="/deployments/new"
              [queryParams]="toAdd()"
              >{{ t('services.add') }}</a
            >
          }
          <ul>
            @for (service of services; track service.id) {
              <li>
                <a [routerLink]="['/deployments', service.id]">
                  <svg uiIcon="box"></svg>
                  <span class="words">
                    <strong>{{ service.title }}</strong>
                    @if (service.cause; as cause) {
                      <span class="small muted cause">{{ cause }}</span>
                    }
                    <span class="small muted number"
                      >{{ t('deployment.version', { version: service.version }) }} ·
                      <app-state-time [since]="service.since"
                    /></span>
                  </span>
                  <ui-status-badge [look]="service.look" />
                  <svg class="go" uiIcon="chevron-right"></svg>
                </a>
              </li>
            }
          </ul>
        </ui-card>
      }
    } @else if (!list.problem()) {
      <ui-skeleton [lines]="5" [height]="24" />
    }`,
})
export class ServicesTab {
  private readonly api = inject(Api);
  private readonly kinds = inject(KindCatalog);
  private readonly session = inject(SessionStore);
  private readonly store = inject(ServerStore);
  protected readonly t = injectTranslate();

  protected readonly mayWrite = computed(() => this.session.can('deployments:write'));
  protected readonly toAdd = computed(() => ({ server: this.store.id() }));
  protected readonly list = liveResource<readonly DeploymentSummary[]>({
    topics: () => (this.store.id() === '' ? [] : ['deployments']),
    load: async () => {
      const server_id = this.store.id();
      return (await this.api.invoke(listDeployments, { server_id, limit: MOST })).items;
    },
    refetchOn: ({ type, data }) =>
      type === 'deployment_changed' && data.server_id === this.store.id(),
    merge: (services, messages) => {
      const gone = new Set(
        messages.flatMap(({ type, data }) => (type === 'deployment_removed' ? [data.id] : [])),
      );
      return services.some(({ id }) => gone.has(id))
        ? services.filter(({ id }) => !gone.has(id))
        : services;
    },
    keyOf: ({ data }) => String(data.id),
  });
  protected readonly services = computed(
    () =>
      this.list.value()?.map((service) => ({
        id: service.id,
        title: this.kinds.title(service.kind),
        look: DEPLOYMENT_STATUS[service.state],
        since: service.state_since,
        version: service.applied_version ?? service.desired_version,
        cause: this.causeOf(service),
      })) ?? null,
  );

  constructor() {
    void this.kinds.load();
  }

  private causeOf({ busy, differences, error }: DeploymentSummary): string | null {
    if (busy) return null;
    if (error) return failureText(causeText(error)).reason;
    const [first] = differences;
    return first ? `${first.name} ${differenceText(this.t, first)}` : null;
  }
}
