import type { Routes } from '@angular/router';

/** Pages of development builds only. None here: this is what is shipped. */
export const DEVELOPMENT_ROUTES: Routes = [];
