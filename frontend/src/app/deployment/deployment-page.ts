import { Component, computed, effect, inject, input, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterOutlet } from '@angular/router';
import { filter, map } from 'rxjs';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { PageHeader } from '../ui/page-header';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { DEPLOYMENT_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { TabLinks } from '../ui/tabs';
import type { TabItem } from '../ui/tabs';
import { KIND_WITH_CLIENTS } from '../xray-clients/kind-with-clients';
import { DeploymentActions } from './deployment-actions';
import { DeploymentCause } from './deployment-cause';
import { DeploymentFacts } from './deployment-facts';
import { DeploymentStore } from './deployment-store';
import { KindCatalog } from './kind-catalog';

/** One deployment: how it is and what can be done on top, its tabs below. */
@Component({
  selector: 'app-deployment-page',
  imports: [
    ActionMenu,
    Button,
    DeploymentCause,
    DeploymentFacts,
    EmptyState,
    ErrorState,
    PageHeader,
    RouterLink,
    RouterOutlet,
    Skeleton,
    StaleMarker,
    StatusBadge,
    TabLinks,
  ],
  providers: [DeploymentStore, DeploymentActions],
  styles: `
    .badges {
      display: inline-flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px;
    }
    router-outlet {
      display: none;
    }
  `,
  template: `<div class="page">
    @if (store.removed()) {
      <ui-empty-state
        icon="box"
        [level]="1"
        [heading]="t('deployment.removedTitle', names())"
        [body]="t('deployment.removedBody')"
      >
        @if (serverId(); as server) {
          <a uiButton icon="server" [routerLink]="['/servers', server]">{{
            t('operations.toServer')
          }}</a>
        }
        @if (store.operationId(); as operation) {
          <a uiButton icon="list" [routerLink]="['/operations', operation]">{{
            t('deployment.toOperation')
          }}</a>
        }
      </ui-empty-state>
    } @else if (store.details(); as details) {
      <ui-page-header [heading]="t('deployment.heading', names())">
        <span uiPageBadges class="badges">
          <ui-status-badge [look]="looks[details.state]" />
          <ui-stale-marker [fetchedAt]="store.resource.fetchedAt()" />
        </span>
        <app-deployment-facts />
        @if (store.mayWrite()) {
          <a uiPageActions uiButton icon="edit" routerLink="configuration">{{
            t('deployment.change')
          }}</a>
        }
        @if (store.mayWrite()) {
          <ui-action-menu
            uiPageActions
            look="secondary"
            [label]="t('deployment.actionsOf', names())"
            [actions]="menu()"
          />
        }
      </ui-page-header>
      <app-deployment-cause [brief]="!isOverview()" />
      @if (store.resource.problem(); as problem) {
        <ui-error-state [error]="problem" (retry)="store.resource.reload()" />
      }
      <ui-tab-links [label]="t('deployment.heading', names())" [tabs]="tabs()" />
      <router-outlet />
    } @else if (store.resource.problem(); as problem) {
      @if (problem.status === 404) {
        <ui-empty-state
          icon="box"
          [level]="1"
          [heading]="t('deployment.missingTitle')"
          [body]="t('deployment.missingBody')"
        >
          <a uiButton routerLink="/deployments">{{ t('deployment.toList') }}</a>
        </ui-empty-state>
      } @else {
        <ui-error-state [error]="problem" (retry)="store.resource.reload()" />
      }
    } @else {
      <ui-skeleton [lines]="8" [height]="24" />
    }
  </div>`,
})
export class DeploymentPage {
  readonly id = input.required<string>();

  private readonly kinds = inject(KindCatalog);
  protected readonly store = inject(DeploymentStore);
  private readonly actions = inject(DeploymentActions);
  protected readonly t = injectTranslate();
  protected readonly looks = DEPLOYMENT_STATUS;

  private readonly url = toSignal(
    inject(Router).events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(({ urlAfterRedirects }) => urlAfterRedirects),
    ),
    { initialValue: inject(Router).url },
  );
  /** What failed is told at length on the first tab, in short beside the others. */
  protected readonly isOverview = computed(() => /\/overview(?:[?#]|$)/.test(this.url()));

  protected readonly names = computed(() => ({
    kind: this.store.kindTitle(),
    server: this.store.serverName(),
  }));
  protected readonly serverId = computed(() => this.store.details()?.server_id ?? null);
  protected readonly tabs = computed<readonly TabItem[]>(() => [
    { value: 'overview', label: this.t('deployment.overview') },
    ...(this.store.details()?.kind === KIND_WITH_CLIENTS
      ? [{ value: 'clients', label: this.t('xray.clients') }]
      : []),
    { value: 'configuration', label: this.t('deployment.configuration') },
    { value: 'history', label: this.t('deployment.history') },
  ]);
  protected readonly menu = computed<readonly MenuAction[]>(() => {
    const { t } = this;
    const details = this.store.details();
    const isFree = this.store.isFree() && this.actions.busy() === null;
    const isOnServer = details !== null && details.applied_version !== null;
    return [
      {
        label: t('deployment.checkNow'),
        icon: 'search',
        disabled: !isOnServer,
        run: () => void this.actions.check(),
      },
      {
        label: t('deployment.applyAgain'),
        icon: 'play',
        disabled: !isFree,
        run: () => void this.actions.apply(),
      },
      {
        label: t('deployment.rollback'),
        icon: 'undo',
        disabled: !isFree || !isOnServer,
        run: () => void this.actions.rollBack(),
      },
      {
        label: t('deployment.uninstall'),
        icon: 'trash',
        danger: true,
        separated: true,
        disabled: !isFree,
        run: () => void this.actions.uninstall(),
      },
    ];
  });

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const id = this.id();
      untracked(() => {
        this.store.show(id);
      });
    });
    effect(() => {
      const details = this.store.details();
      if (!details) return;
      const name = `${this.kinds.title(details.kind)} · ${details.server_name}`;
      title.nameSubject(`/deployments/${this.id()}`, name);
    });
  }
}
