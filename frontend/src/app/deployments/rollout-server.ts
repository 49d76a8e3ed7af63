import { Component, computed, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { followOperation } from '../operations/operation-feed';
import { OperationProgress } from '../operations/operation-progress';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { DEPLOYMENT_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { DeploymentOutcome } from './deployment-outcome';
import { deploymentReason } from './deployment-reason';

/** The work on one server, behind its name: live steps, then what came out of it. */
@Component({
  selector: 'app-rollout-server',
  imports: [Button, DeploymentOutcome, Icon, OperationProgress, RouterLink, StatusBadge],
  styleUrl: './server-fold.css',
  template: `<button
      type="button"
      class="head"
      [attr.aria-expanded]="isOpen()"
      (click)="isOpen.set(!isOpen())"
    >
      <svg uiIcon="chevron-right" [class.open]="isOpen()"></svg>
      <b>{{ deployment().server_name }}</b>
      <ui-status-badge [look]="looks[deployment().state]" />
      <span class="grow"></span>
      @if (!isOpen()) {
        <span class="small muted truncate">{{ why() }}</span>
      }
    </button>
    @if (isOpen()) {
      <div class="body">
        @if (deployment().state === 'healthy') {
          <app-deployment-outcome [deployment]="deployment()" />
        }
        @if (operationId()) {
          <app-operation-progress [feed]="feed" [bare]="true" />
        }
        <div>
          <a uiButton size="small" icon="box" [routerLink]="['/deployments', deployment().id]">{{
            t('wizard.open')
          }}</a>
        </div>
      </div>
    }`,
})
export class RolloutServer {
  readonly deployment = input.required<DeploymentSummary>();
  /** Opened by itself. */
  readonly open = input(false);

  protected readonly t = injectTranslate();
  protected readonly looks = DEPLOYMENT_STATUS;
  protected readonly isOpen = linkedSignal(() => this.open());
  protected readonly operationId = computed(() =>
    this.isOpen() ? this.deployment().operation_id : null,
  );
  protected readonly feed = followOperation(this.operationId);
  protected readonly why = computed(() => deploymentReason(this.deployment(), this.t));
}
