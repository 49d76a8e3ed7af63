import { inject } from '@angular/core';
import type { CanActivateFn, Routes } from '@angular/router';
import { Router } from '@angular/router';
import { SessionStore } from '../platform/session/session-store';
import { requireNoUnsaved } from '../ui/unsaved-changes';

/** Somebody who may only look is led to the list. */
const mayDeploy: CanActivateFn = () =>
  inject(SessionStore).can('deployments:write') || inject(Router).createUrlTree(['/deployments']);

/** Deployments: the list, a new one, and each one. */
export const DEPLOYMENTS_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./deployments-page')).DeploymentsPage,
  },
  {
    path: 'new',
    canActivate: [mayDeploy],
    canDeactivate: [requireNoUnsaved],
    data: { title: 'deployments.new' },
    loadComponent: async () => (await import('./wizard-page')).WizardPage,
  },
  {
    path: ':id',
    loadChildren: async () => (await import('../deployment/routes')).DEPLOYMENT_ROUTES,
  },
];
