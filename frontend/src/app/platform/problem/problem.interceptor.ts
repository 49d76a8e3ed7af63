import { inject } from '@angular/core';
import type { HttpInterceptorFn } from '@angular/common/http';
import { HttpResponse } from '@angular/common/http';
import { catchError, tap, throwError } from 'rxjs';
import { Reachability } from './reachability';
import { toProblem } from './parse-problem';

/**
 * Every failed request fails with a `Problem`. On the way it tells {@link Reachability} whether the
 * manager answered.
 */
export const problemInterceptor: HttpInterceptorFn = (request, next) => {
  const reachability = inject(Reachability);
  return next(request).pipe(
    tap((event) => {
      if (event instanceof HttpResponse) reachability.answered();
    }),
    catchError((error: unknown) => {
      const problem = toProblem(error);
      if (problem.isUnreachable) reachability.failed();
      else reachability.answered();
      return throwError(() => problem);
    }),
  );
};
