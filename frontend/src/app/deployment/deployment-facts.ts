import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { DeploymentStore } from './deployment-store';
import { StateTime } from './state-time';

/** One line about a deployment: where it is, since when it is as it is, which version runs. */
@Component({
  selector: 'app-deployment-facts',
  imports: [RouterLink, StateTime],
  styles: `
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 0;
      color: var(--muted);
    }
    li:not(:last-child)::after {
      content: '·';
      margin: 0 6px;
    }
  `,
  template: `@if (store.details(); as details) {
    <ul class="number">
      <li>
        <a class="link" [routerLink]="['/servers', details.server_id]">{{ details.server_name }}</a>
      </li>
      <li><app-state-time [since]="details.state_since" /></li>
      <li>{{ version() }}</li>
      @if (details.program_version; as program) {
        <li>{{ store.kindTitle() }} {{ program }}</li>
      }
    </ul>
  }`,
})
export class DeploymentFacts {
  protected readonly store = inject(DeploymentStore);
  protected readonly t = injectTranslate();
  protected readonly version = computed(() => {
    const details = this.store.details();
    if (!details) return '';
    const { applied_version: applied, desired_version: wanted } = details;
    if (applied === null) return this.t('deployment.versionWanted', { wanted });
    if (applied === wanted) return this.t('deployment.versionRuns', { applied });
    return this.t('deployment.versionsDiffer', { applied, wanted });
  });
}
