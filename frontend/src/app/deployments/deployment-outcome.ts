import { Component, computed, inject, input, resource } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getDeployment } from '../platform/api/generated/fn/deployments/get-deployment';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectLocalize } from '../platform/i18n/localized';
import { SessionStore } from '../platform/session/session-store';
import { CopyButton } from '../ui/copy-button';
import { Definition, DefinitionList } from '../ui/definition-list';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { FirstLinks } from '../xray-clients/first-links';
import { KIND_WITH_CLIENTS } from '../xray-clients/kind-with-clients';

/** What people want to know of a service that runs: where it is, and what to give to its users. */
@Component({
  selector: 'app-deployment-outcome',
  imports: [CopyButton, Definition, DefinitionList, ErrorState, FirstLinks, Skeleton],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 14px;
    }
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
      @if (hasClients()) {
        <app-xray-first-links [deploymentId]="deployment().id" />
      }
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
  private readonly session = inject(SessionStore);
  /** Links are secrets: who may only look does not get them. */
  protected readonly hasClients = computed(
    () => this.deployment().kind === KIND_WITH_CLIENTS && this.session.can('deployments:write'),
  );
  protected readonly details = resource({
    params: () => ({ id: this.deployment().id, version: this.deployment().applied_version }),
    loader: ({ params: { id } }) => this.api.invoke(getDeployment, { id }),
  });
}
