import { Injectable, computed, inject } from '@angular/core';
import { Router } from '@angular/router';
import { SessionStore } from '../platform/session/session-store';
import { NAVIGATION, PROFILE, visibleNavigation } from './navigation';

/** The pages the signed-in person can go to. */
@Injectable({ providedIn: 'root' })
export class NavigationStore {
  private readonly session = inject(SessionStore);
  private readonly paths = new Set(
    inject(Router)
      .config.flatMap(({ children }) => children ?? [])
      .map(({ path }) => path ?? ''),
  );

  /** Pages by group, for the side. */
  readonly groups = computed(() =>
    visibleNavigation(NAVIGATION, this.paths, (permission) => this.session.can(permission)),
  );
  /** Every page, for the palette and the jump keys. */
  readonly pages = computed(() => [...this.groups().flatMap(({ items }) => items), PROFILE]);
}
