import { Injector, inject } from '@angular/core';
import type { HttpInterceptorFn } from '@angular/common/http';
import { Router } from '@angular/router';
import { catchError, throwError } from 'rxjs';
import { Problem } from '../problem/problem';
import { SessionStore } from './session-store';

/**
 * When the manager says that nobody is signed in any more, the console goes to the sign-in page and comes
 * back to the same place afterwards. Put before the problem interceptor: it sees problems.
 */
export const sessionInterceptor: HttpInterceptorFn = (request, next) => {
  const injector = inject(Injector);
  return next(request).pipe(
    catchError((error: unknown) => {
      if (error instanceof Problem && error.name === 'authentication_required') {
        sessionEnded(injector);
      }
      return throwError(() => error);
    }),
  );
};

function sessionEnded(injector: Injector): void {
  const store = injector.get(SessionStore);
  if (store.state() !== 'signed_in') return;
  store.leave();
  const router = injector.get(Router);
  void router.navigate(['/sign-in'], { queryParams: { next: router.url, ended: true } });
}
