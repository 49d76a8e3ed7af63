import { Injector, inject, provideEnvironmentInitializer } from '@angular/core';
import type { Type } from '@angular/core';
import type { Routes } from '@angular/router';
import { DEVELOPMENT_ROUTES } from './development-routes';
import { requireSession, requireState } from './platform/session/session-guards';
import { FailedPage } from './shell/failed-page';

/** What features do on every page: find things in the command palette, count trouble in the tab's title. */
const COMPANIONS: readonly (() => Promise<Type<unknown>>)[] = [
  async () => (await import('./servers/server-palette')).ServerPalette,
  async () => (await import('./commands/work-palette')).WorkPalette,
  async () => (await import('./deployments/deployment-palette')).DeploymentPalette,
  async () => (await import('./playbooks/playbook-palette')).PlaybookPalette,
  async () => (await import('./health/fleet-alarm')).FleetAlarm,
];

/** Loaded apart, so that no page waits for them. */
function startCompanions(): void {
  const injector = inject(Injector);
  for (const load of COMPANIONS) void load().then((companion) => injector.get(companion));
}

/** Addresses of the console. Every page is a chunk of its own, except the one for failed chunks. */
export const ROUTES: Routes = [
  {
    path: 'start',
    canActivate: [requireState('setup')],
    data: { title: 'start.page' },
    loadComponent: async () => (await import('./start/start-page')).StartPage,
  },
  {
    path: 'sign-in',
    canActivate: [requireState('signed_out')],
    data: { title: 'signIn.page' },
    loadComponent: async () => (await import('./sign-in/sign-in-page')).SignInPage,
  },
  { path: 'failed', component: FailedPage },
  {
    path: 'wall',
    canActivate: [requireSession],
    data: { title: 'board.wall' },
    loadComponent: async () => (await import('./health/wall-page')).WallPage,
  },
  {
    path: '',
    canActivate: [requireSession],
    providers: [provideEnvironmentInitializer(startCompanions)],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'servers' },
      {
        path: 'servers',
        data: { title: 'nav.servers' },
        loadChildren: async () => (await import('./servers/routes')).SERVER_ROUTES,
      },
      {
        path: 'profile',
        data: { title: 'nav.profile' },
        loadComponent: async () => (await import('./profile/profile-page')).ProfilePage,
      },
      {
        path: 'health',
        data: { title: 'nav.health' },
        loadComponent: async () => (await import('./health/board-page')).BoardPage,
      },
      {
        path: 'topology',
        data: { title: 'nav.topology' },
        loadComponent: async () => (await import('./topology/topology-page')).TopologyPage,
      },
      {
        path: 'deployments',
        data: { title: 'nav.deployments' },
        loadChildren: async () => (await import('./deployments/routes')).DEPLOYMENTS_ROUTES,
      },
      {
        path: 'commands',
        data: { title: 'nav.commands' },
        loadChildren: async () => (await import('./commands/routes')).COMMAND_ROUTES,
      },
      {
        path: 'playbook-runs',
        data: { title: 'playbookRuns.title' },
        loadChildren: async () => (await import('./playbook-runs/routes')).PLAYBOOK_RUN_ROUTES,
      },
      {
        path: 'playbooks',
        data: { title: 'nav.playbooks' },
        loadChildren: async () => (await import('./playbooks/routes')).PLAYBOOK_ROUTES,
      },
      {
        path: 'operations',
        data: { title: 'nav.operations' },
        loadChildren: async () => (await import('./operations/routes')).OPERATION_ROUTES,
      },
      {
        path: 'access',
        data: { title: 'nav.access' },
        loadComponent: async () => (await import('./access/access-page')).AccessPage,
      },
      {
        path: 'audit',
        data: { title: 'nav.audit' },
        loadComponent: async () => (await import('./audit/audit-page')).AuditPage,
      },
      {
        path: 'settings',
        data: { title: 'nav.settings' },
        loadComponent: async () => (await import('./settings/settings-page')).SettingsPage,
      },
      ...DEVELOPMENT_ROUTES,
      {
        path: '**',
        data: { title: 'notFound.title' },
        loadComponent: async () => (await import('./shell/not-found-page')).NotFoundPage,
      },
    ],
  },
];
