import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { OperationProgress } from '../operations/operation-progress';
import { operationTitle } from '../operations/operation-words';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy-button';
import { Definition, DefinitionList } from '../ui/definition-list';
import { EmptyState } from '../ui/empty-state';
import { RelativeTime } from '../ui/relative-time';
import { DeploymentStore } from './deployment-store';
import { KindCatalog } from './kind-catalog';

/** What a deployment offers, the last operation on it with its live steps, and the facts. */
@Component({
  selector: 'app-deployment-overview-tab',
  imports: [
    Button,
    Card,
    CopyButton,
    Definition,
    DefinitionList,
    EmptyState,
    OperationProgress,
    RelativeTime,
    RouterLink,
  ],
  styles: `
    .columns {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 340px;
      align-items: start;
      gap: 16px;
    }
    .stack {
      display: flex;
      flex-direction: column;
      gap: 16px;
      min-width: 0;
    }
    .value {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      max-width: 100%;
    }
    .value > :first-child {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    @media (max-width: 1099px) {
      .columns {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
  template: `@if (store.details(); as details) {
    <div class="columns">
      <div class="stack">
        @if (results().length > 0) {
          <ui-card [heading]="t('deployment.results')" icon="globe">
            <ui-definition-list>
              @for (result of results(); track result.label) {
                <ui-definition [term]="result.label"
                  ><span class="value">
                    @if (result.kind === 'url') {
                      <a class="link" [href]="result.value" target="_blank" rel="noreferrer">{{
                        result.value
                      }}</a>
                      <ui-copy-button
                        [value]="result.value"
                        [label]="t('deployment.copyOf', { name: result.label })"
                      />
                    } @else {
                      <span>{{ result.value }}</span>
                    }
                  </span></ui-definition
                >
              }
            </ui-definition-list>
          </ui-card>
        }
        <ui-card [heading]="operationHeading()" icon="list">
          @if (store.operationId(); as operation) {
            <a
              uiCardActions
              uiButton="ghost"
              size="small"
              [routerLink]="['/operations', operation]"
              >{{ t('deployment.toOperation') }}</a
            >
          }
          @if (store.operationId()) {
            <app-operation-progress
              [feed]="store.operation"
              [bare]="true"
              (resumed)="store.resource.reload()"
            />
          } @else {
            <ui-empty-state
              icon="list"
              [heading]="t('deployment.noOperation')"
              [body]="t('deployment.noOperationBody')"
            />
          }
        </ui-card>
      </div>
      <ui-card [heading]="t('deployment.facts')" icon="info">
        <ui-definition-list>
          <ui-definition [term]="t('deployment.service')">{{ store.kindTitle() }}</ui-definition>
          <ui-definition [term]="t('board.server')"
            ><a class="link" [routerLink]="['/servers', details.server_id]">{{
              details.server_name
            }}</a></ui-definition
          >
          <ui-definition [term]="t('deployment.wantedVersion')">{{
            details.desired_version
          }}</ui-definition>
          <ui-definition [term]="t('deployment.runningVersion')">{{
            details.applied_version ?? t('deployment.none')
          }}</ui-definition>
          <ui-definition [term]="t('deployment.programVersion')">{{
            details.program_version ?? t('deployment.none')
          }}</ui-definition>
          <ui-definition [term]="t('deployment.lastCheck')"
            ><ui-relative-time [at]="details.last_check_at"
          /></ui-definition>
          <ui-definition [term]="t('deployment.created')"
            ><ui-relative-time [at]="details.created_at"
          /></ui-definition>
          <ui-definition [term]="t('deployment.changed')"
            ><ui-relative-time [at]="details.updated_at"
          /></ui-definition>
        </ui-definition-list>
      </ui-card>
    </div>
  }`,
})
export class DeploymentOverviewTab {
  private readonly kinds = inject(KindCatalog);
  protected readonly store = inject(DeploymentStore);
  protected readonly t = injectTranslate();

  protected readonly results = computed(() =>
    (this.store.details()?.results ?? []).map(({ label, value, kind }) => ({
      label: this.kinds.text(label),
      value,
      kind,
    })),
  );
  protected readonly operationHeading = computed(() => {
    const operation = this.store.operation.operation();
    return operation ? operationTitle(this.t, operation.type) : this.t('deployment.lastOperation');
  });
}
