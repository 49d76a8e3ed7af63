import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Api } from '../platform/api/generated/api';
import { getDeploymentVersion } from '../platform/api/generated/fn/deployments/get-deployment-version';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import type { DeploymentVersionDetails } from '../platform/api/generated/models/deployment-version-details';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { VersionChanges } from './version-changes';

/** What would be rolled back. */
export interface RollbackQuestion {
  readonly deployment: DeploymentSummary;
  readonly kindTitle: string;
  readonly version: number;
}

/** Asks before a rollback, and shows what it changes against what runs. Answers true when it is wanted. */
@Component({
  selector: 'app-rollback-dialog',
  imports: [Button, DialogFrame, ErrorState, Skeleton, VersionChanges],
  styles: `
    :host {
      display: flex;
      width: 100%;
      max-height: inherit;
    }
    .body {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
  `,
  template: `<ui-dialog-frame [heading]="heading">
    <div class="body">
      <p class="muted">{{ t('deployment.rollbackBody', { version: data.version }) }}</p>
      @if (changes(); as changes) {
        @if (isSame()) {
          <p>{{ t('deployment.rollbackSame', { version: data.version }) }}</p>
        } @else {
          <h3>{{ against() }}</h3>
          <app-version-changes [changes]="changes" />
        }
      } @else if (problem(); as error) {
        <ui-error-state [error]="error" (retry)="load()" />
      } @else {
        <ui-skeleton [lines]="5" />
      }
    </div>
    <ng-container uiDialogActions>
      <button uiButton data-autofocus (click)="ref.close(false)">{{ t('ui.cancel') }}</button>
      <button uiButton="primary" icon="undo" (click)="ref.close(true)">
        {{ t('deployment.rollbackTo', { version: data.version }) }}
      </button>
    </ng-container>
  </ui-dialog-frame>`,
})
export class RollbackDialog {
  private readonly api = inject(Api);
  protected readonly data = inject<RollbackQuestion>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<boolean>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly changes = signal<DeploymentVersionDetails | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly heading = this.t('deployment.rollbackTitle', {
    kind: this.data.kindTitle,
    server: this.data.deployment.server_name,
    version: this.data.version,
  });
  protected readonly isSame = computed(
    () => this.changes()?.config_diff === null && this.changes()?.files.length === 0,
  );
  protected readonly against = computed(() =>
    this.t('deployment.changesAgainst', { version: this.changes()?.against ?? 0 }),
  );

  constructor() {
    void this.load();
  }

  protected async load(): Promise<void> {
    this.problem.set(null);
    const { deployment, version } = this.data;
    const against = deployment.applied_version;
    try {
      this.changes.set(
        await this.api.invoke(getDeploymentVersion, {
          id: deployment.id,
          version,
          ...(against === null ? {} : { against }),
        }),
      );
    } catch (error) {
      this.problem.set(toProblem(error));
    }
  }
}
