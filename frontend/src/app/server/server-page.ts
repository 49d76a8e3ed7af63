import { Component, computed, effect, inject, input, untracked } from '@angular/core';
import { RouterLink, RouterOutlet } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { SessionStore } from '../platform/session/session-store';
import { NetworkBanner } from '../health/network-banner';
import { FleetStore } from '../servers/fleet-store';
import { ServerActions } from '../servers/server-actions';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { PageHeader } from '../ui/page-header';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { TabLinks } from '../ui/tabs';
import type { TabItem } from '../ui/tabs';
import { ServerCause } from './server-cause';
import { ServerFacts } from './server-facts';
import { ServerStore } from './server-store';

/** One server: what it is and how it is on top, its tabs below. */
@Component({
  selector: 'app-server-page',
  imports: [
    ActionMenu,
    Button,
    Chip,
    EmptyState,
    ErrorState,
    NetworkBanner,
    PageHeader,
    RouterLink,
    RouterOutlet,
    ServerCause,
    ServerFacts,
    Skeleton,
    StaleMarker,
    StatusBadge,
    TabLinks,
  ],
  providers: [ServerStore],
  styles: `
    .badges {
      display: inline-flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px;
    }
    app-server-cause:empty,
    router-outlet {
      display: none;
    }
  `,
  template: `<div class="page">
    @if (store.removed()) {
      <ui-empty-state
        icon="server-off"
        [level]="1"
        [heading]="t('server.removedTitle', { name: store.name() })"
        [body]="t('server.removedBody')"
      >
        <a uiButton routerLink="/servers">{{ t('addMany.toServers') }}</a>
      </ui-empty-state>
    } @else if (store.details(); as details) {
      <ui-page-header [heading]="details.name">
        <span uiPageBadges class="badges">
          <ui-status-badge [look]="look()" />
          @for (label of labels(); track label.key) {
            <ui-chip [name]="label.key" [value]="label.value" />
          }
          <ui-stale-marker [fetchedAt]="store.resource.fetchedAt()" />
        </span>
        <app-server-facts />
        @if (mayRun()) {
          <a uiPageActions uiButton="primary" icon="terminal" routerLink="commands">{{
            t('servers.runCommand')
          }}</a>
        }
        <ui-action-menu
          uiPageActions
          look="secondary"
          [label]="t('servers.actionsOf', { name: details.name })"
          [actions]="actions()"
        />
      </ui-page-header>
      <app-network-banner [since]="fleet.networkLostSince()" />
      <app-server-cause />
      <ui-tab-links [label]="details.name" [tabs]="tabs()" />
      <router-outlet />
    } @else if (store.resource.problem(); as problem) {
      @if (problem.status === 404) {
        <ui-empty-state
          icon="server-off"
          [level]="1"
          [heading]="t('server.missingTitle')"
          [body]="t('server.missingBody')"
        >
          <a uiButton routerLink="/servers">{{ t('addMany.toServers') }}</a>
        </ui-empty-state>
      } @else {
        <ui-error-state [error]="problem" (retry)="store.reload()" />
      }
    } @else {
      <ui-skeleton [lines]="8" [height]="24" />
    }
  </div>`,
})
export class ServerPage {
  readonly id = input.required<string>();

  protected readonly fleet = inject(FleetStore);
  protected readonly store = inject(ServerStore);
  private readonly session = inject(SessionStore);
  private readonly serverActions = inject(ServerActions);
  protected readonly t = injectTranslate();

  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  private readonly status = computed(() => this.store.live()?.status ?? 'new');
  private readonly connection = computed(() => this.store.live()?.connection ?? 'ssh');
  protected readonly look = computed(() => SERVER_STATUS[this.status()]);
  protected readonly labels = computed(() =>
    Object.entries(this.store.live()?.labels ?? {}).map(([key, value]) => ({ key, value })),
  );
  protected readonly tabs = computed<readonly TabItem[]>(() => [
    { value: 'overview', label: this.t('server.overview') },
    ...(this.session.can('commands:read')
      ? [{ value: 'commands', label: this.t('nav.commands') }]
      : []),
    ...(this.session.can('operations:read')
      ? [{ value: 'operations', label: this.t('nav.operations') }]
      : []),
    ...(this.session.can('deployments:read')
      ? [{ value: 'services', label: this.t('services.title') }]
      : []),
    { value: 'settings', label: this.t('nav.settings') },
  ]);
  protected readonly actions = computed<readonly MenuAction[]>(() =>
    this.serverActions
      .menuOf({ id: this.id(), connection: this.connection() }, (what) => void this.act(what))
      // The page itself is open already.
      .slice(1),
  );

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const id = this.id();
      untracked(() => {
        this.store.show(id);
      });
    });
    effect(() => {
      title.nameSubject(`/servers/${this.id()}`, this.store.name());
    });
  }

  private async act(what: 'labels' | 'repair' | 'remove'): Promise<void> {
    const server = this.store.live();
    if (!server) return;
    if (what === 'labels') await this.serverActions.label([server]);
    else if (what === 'repair') await this.serverActions.repair([server]);
    else await this.serverActions.remove([server]);
    await this.store.reload();
  }
}
