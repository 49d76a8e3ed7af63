import { Component, computed, inject, input, linkedSignal, resource } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { planDeployment } from '../platform/api/generated/fn/deployments/plan-deployment';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { Skeleton } from '../ui/skeleton';
import { PlanView } from './plan-view';

/** What will be done on one server, behind its name. */
@Component({
  selector: 'app-planned-server',
  imports: [ErrorState, Icon, PlanView, Skeleton],
  styleUrl: './server-fold.css',
  template: `<button
      type="button"
      class="head"
      [attr.aria-expanded]="isOpen()"
      (click)="isOpen.set(!isOpen())"
    >
      <svg uiIcon="chevron-right" [class.open]="isOpen()"></svg>
      <b>{{ deployment().server_name }}</b>
      <span class="grow"></span>
      <span class="small muted">{{ summary() }}</span>
    </button>
    @if (isOpen()) {
      <div class="body">
        @if (plan.hasValue()) {
          <app-plan-view [plan]="plan.value()" />
        } @else if (plan.error(); as error) {
          <ui-error-state [error]="error" (retry)="plan.reload()" />
        } @else {
          <ui-skeleton [lines]="6" />
        }
      </div>
    }`,
})
export class PlannedServer {
  readonly deployment = input.required<DeploymentSummary>();
  /** Opened from the beginning. */
  readonly open = input(false);
  /** Looked at from the beginning; else once somebody opens it. */
  readonly eager = input(true);

  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly isOpen = linkedSignal(() => this.open());
  private readonly isWanted = linkedSignal<boolean, boolean>({
    source: () => this.eager() || this.isOpen(),
    computation: (wanted, previous) => wanted || (previous?.value ?? false),
  });
  protected readonly plan = resource({
    params: () => {
      const { id, desired_version: version } = this.deployment();
      return this.isWanted() ? { id, version } : undefined;
    },
    loader: ({ params: { id } }) => this.api.invoke(planDeployment, { id, body: {} }),
  });
  protected readonly summary = computed(() => {
    if (this.plan.isLoading()) return this.t('wizard.planning');
    if (!this.plan.hasValue()) return '';
    const { files, commands } = this.plan.value();
    const changed = files.filter(({ change }) => change !== 'none').length;
    return `${this.t('wizard.nFiles', { n: changed })}, ${this.t('wizard.nCommands', { n: commands.length })}`;
  });
}
