import type { Routes } from '@angular/router';

/** Runs of playbooks: the list, and each one. */
export const PLAYBOOK_RUN_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./playbook-runs-page')).PlaybookRunsPage,
  },
  {
    path: ':id',
    loadComponent: async () => (await import('./playbook-run-page')).PlaybookRunPage,
  },
];
