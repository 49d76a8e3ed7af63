import type { Routes } from '@angular/router';

/** Pages of development builds only. Takes the place of `development-routes.ts` there. */
export const DEVELOPMENT_ROUTES: Routes = [
  {
    path: 'design',
    data: { title: 'nav.design' },
    loadComponent: async () => (await import('./design/design-page')).DesignPage,
  },
];
