import { Injectable, computed, effect, inject, untracked } from '@angular/core';
import { PageTitle } from '../platform/page/page-title';
import { FleetStore } from '../servers/fleet-store';
import { countsOf } from './board-groups';

/** How many servers somebody has to look at, told in the tab's title and icon from every page. */
@Injectable({ providedIn: 'root' })
export class FleetAlarm {
  private readonly fleet = inject(FleetStore);

  /** Servers that are offline or wait for a decision. */
  readonly count = computed(() => {
    this.fleet.revision();
    const { offline, attention } = countsOf(untracked(() => this.fleet.all()));
    return offline + attention;
  });

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      title.showProblems(this.count());
    });
  }
}
