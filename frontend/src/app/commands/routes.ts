import { inject } from '@angular/core';
import type { CanActivateFn, Routes } from '@angular/router';
import { Router } from '@angular/router';
import { SessionStore } from '../platform/session/session-store';

/** Somebody who may only look is led to the list. */
const mayRun: CanActivateFn = () =>
  inject(SessionStore).can('commands:run') || inject(Router).createUrlTree(['/commands']);

/** Commands and runs: the lists, each one, and a new one. */
export const COMMAND_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./commands-page')).CommandsPage,
  },
  {
    path: 'new',
    canActivate: [mayRun],
    data: { title: 'commands.new' },
    loadComponent: async () => (await import('./new-run-page')).NewRunPage,
  },
  {
    path: 'runs',
    data: { title: 'commands.runs' },
    children: [
      { path: '', loadComponent: async () => (await import('./runs-page')).RunsPage },
      { path: ':id', loadComponent: async () => (await import('./run-page')).RunPage },
    ],
  },
  {
    path: ':id',
    loadComponent: async () => (await import('./command-page')).CommandPage,
  },
];
