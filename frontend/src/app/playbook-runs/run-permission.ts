import { inject } from '@angular/core';
import type { CanActivateFn } from '@angular/router';
import { Router } from '@angular/router';
import { SessionStore } from '../platform/session/session-store';

/** Somebody who may only look is led to the playbooks. */
export const mayRunPlaybooks: CanActivateFn = () =>
  inject(SessionStore).can('playbooks:run') || inject(Router).createUrlTree(['/playbooks']);
