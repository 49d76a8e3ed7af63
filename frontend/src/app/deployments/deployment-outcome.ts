import { Component, inject, input, resource } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getDeployment } from '../platform/api/generated/fn/deployments/get-deployment';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectLocalize } from '../platform/i18n/localized';
import { CopyButton } from '../ui/copy-button';
import { Definition, DefinitionList } from '../ui/definition-list';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';

/** What people want to know of a service that runs: where it is, and what to give to its users. */
@Component({
  selector: 'app-deployment-outcome',
  imports: [CopyButton, Definition, DefinitionList, ErrorState, Skeleton],
  styles: `
    .value {
      overflow-wrap: anywhere;
    }
  `,
  template: `@if (details.hasValue()) {
      <ui-definition-list>
        @for (item of details.value().results; track $index) {
          <ui-definition [term]="words(item.label)">
            @if (item.kind === 'url') {
              <a class="link value" [href]="item.value" target="_blank" rel="noopener noreferrer">{{
                item.value
              }}</a>
            } @else {
              <span class="value">{{ item.value }}</span>
            }
            <ui-copy-button [value]="item.value" [label]="t('ui.copy')" />
          </ui-definition>
        }
      </ui-definition-list>
    } @else if (details.error(); as error) {
      <ui-error-state [error]="error" (retry)="details.reload()" />
    } @else {
      <ui-skeleton [lines]="2" />
    }`,
})
export class DeploymentOutcome {
  readonly deployment = input.required<DeploymentSummary>();

  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly words = injectLocalize();
  protected readonly details = resource({
    params: () => ({ id: this.deployment().id, version: this.deployment().applied_version }),
    loader: ({ params: { id } }) => this.api.invoke(getDeployment, { id }),
  });
}
