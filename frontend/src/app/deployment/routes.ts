import type { Routes } from '@angular/router';
import { requireNoUnsaved } from '../ui/unsaved-changes';

/** One deployment, with its tabs. */
export const DEPLOYMENT_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./deployment-page')).DeploymentPage,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'overview' },
      {
        path: 'overview',
        loadComponent: async () => (await import('./overview-tab')).DeploymentOverviewTab,
      },
      {
        path: 'clients',
        loadComponent: async () => (await import('../xray-clients/clients-tab')).XrayClientsTab,
      },
      {
        path: 'configuration',
        canDeactivate: [requireNoUnsaved],
        loadComponent: async () => (await import('./config-tab')).DeploymentConfigTab,
      },
      {
        path: 'history',
        loadComponent: async () => (await import('./history-tab')).DeploymentHistoryTab,
      },
    ],
  },
];
