import { inject } from '@angular/core';
import type { CanActivateFn } from '@angular/router';
import { Router } from '@angular/router';
import { SessionStore } from '../platform/session/session-store';

/** Somebody who may only look is led to the playbooks. */
export const mayWritePlaybooks: CanActivateFn = () =>
  inject(SessionStore).can('playbooks:write') || inject(Router).createUrlTree(['/playbooks']);
