import { DestroyRef, inject } from '@angular/core';
import { Router } from '@angular/router';

/**
 * Goes to where something done here leads, once the manager has answered. Nowhere when the page was left
 * meanwhile: whoever is elsewhere by then wants to be there. In an injection context of the page.
 */
export function injectGoOn(): Router['navigate'] {
  const router = inject(Router);
  const page = inject(DestroyRef);
  return (commands, extras) =>
    page.destroyed ? Promise.resolve(false) : router.navigate(commands, extras);
}
