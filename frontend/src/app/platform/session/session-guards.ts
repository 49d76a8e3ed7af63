import { inject } from '@angular/core';
import { Router } from '@angular/router';
import type { CanActivateFn } from '@angular/router';
import { SessionStore } from './session-store';

/** Lets signed-in people through; others go to where they can sign in, and come back afterwards. */
export const requireSession: CanActivateFn = (_route, { url }) => {
  const router = inject(Router);
  switch (inject(SessionStore).state()) {
    case 'signed_in':
      return true;
    case 'failed':
      // Nothing is shown until the manager has answered; the address must stay as it is.
      return true;
    case 'setup':
      return router.createUrlTree(['/start']);
    default:
      return router.createUrlTree(['/sign-in'], { queryParams: url === '/' ? {} : { next: url } });
  }
};

/** Pages of somebody who is not signed in: first start while it is needed, then signing in. */
export const requireState =
  (wanted: 'setup' | 'signed_out'): CanActivateFn =>
  () => {
    const router = inject(Router);
    const state = inject(SessionStore).state();
    if (state === wanted || state === 'failed') return true;
    if (state === 'signed_in') return router.createUrlTree(['/']);
    return router.createUrlTree([state === 'setup' ? '/start' : '/sign-in']);
  };

/**
 * Where to go after signing in: `next` when it is a path of this console, else the start. Anything that
 * could lead to another site is not followed.
 */
export function safeNext(next: string | undefined): string {
  const isOwnPath = next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in');
  return isOwnPath ? next : '/';
}
