import type { Routes, UrlMatcher } from '@angular/router';

/** `commands` and `commands/<id>` are one page: choosing another must not begin it anew. */
function withOptionalId(name: string, parameter: string): UrlMatcher {
  return (segments) => {
    const [first, second] = segments;
    if (first?.path !== name || segments.length > 2) return null;
    return { consumed: segments, posParams: second ? { [parameter]: second } : {} };
  };
}

/** Servers: the list, adding, and each one's page. */
export const SERVER_ROUTES: Routes = [
  {
    path: '',
    pathMatch: 'full',
    loadComponent: async () => (await import('./servers-page')).ServersPage,
  },
  {
    path: 'add',
    data: { title: 'servers.add' },
    loadComponent: async () => (await import('../add-server/add-server-page')).AddServerPage,
  },
  {
    path: 'add-many',
    data: { title: 'servers.addMany' },
    loadComponent: async () => (await import('../add-server/add-many-page')).AddManyPage,
  },
  {
    path: 'add-local',
    data: { title: 'servers.manageLocal' },
    loadComponent: async () => (await import('../add-server/add-local-page')).AddLocalPage,
  },
  {
    path: ':id/install/:operationId',
    loadComponent: async () => (await import('../add-server/installation-page')).InstallationPage,
  },
  {
    path: ':id',
    loadComponent: async () => (await import('../server/server-page')).ServerPage,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'overview' },
      {
        path: 'overview',
        loadComponent: async () => (await import('../server/overview-tab')).OverviewTab,
      },
      {
        matcher: withOptionalId('commands', 'commandId'),
        loadComponent: async () => (await import('../server/commands-tab')).CommandsTab,
      },
      {
        matcher: withOptionalId('operations', 'operationId'),
        loadComponent: async () => (await import('../server/operations-tab')).OperationsTab,
      },
      {
        path: 'services',
        loadComponent: async () => (await import('../server/services-tab')).ServicesTab,
      },
      {
        path: 'settings',
        loadComponent: async () => (await import('../server/settings-tab')).SettingsTab,
      },
    ],
  },
];
