import type { Routes } from '@angular/router';

/** Operations: the list, and each one. */
export const OPERATION_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./operations-page')).OperationsPage,
  },
  {
    path: ':id',
    loadComponent: async () => (await import('./operation-page')).OperationPage,
  },
];
