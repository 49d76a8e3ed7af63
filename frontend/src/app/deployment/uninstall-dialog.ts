import { Component, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { CheckField } from '../ui/check-field';
import { DialogFrame } from '../ui/dialog-frame';

/** What would be taken away. */
export interface UninstallQuestion {
  readonly deployment: DeploymentSummary;
  readonly kindTitle: string;
}

/** How it is to be taken away. */
export interface UninstallChoice {
  readonly force: boolean;
}

/** Asks before a service is taken away, and says what goes with it. */
@Component({
  selector: 'app-uninstall-dialog',
  imports: [Button, CheckField, DialogFrame],
  styles: `
    :host {
      display: flex;
      width: 100%;
      max-height: inherit;
    }
    ul {
      margin: 10px 0 14px;
      padding-left: 18px;
      list-style: disc;
    }
  `,
  template: `<ui-dialog-frame [heading]="heading">
    @if (wasApplied) {
      <p class="muted">{{ t('deployment.uninstallBody', names) }}</p>
      <ul class="muted">
        <li>{{ t('deployment.losesService') }}</li>
        <li>{{ t('deployment.losesFiles') }}</li>
        <li>{{ t('deployment.losesProgram') }}</li>
        <li>{{ t('deployment.losesHistory') }}</li>
      </ul>
      <ui-check-field
        [label]="t('deployment.uninstallForce')"
        [hint]="t('deployment.uninstallForceHint')"
        [checked]="force()"
        (checkedChange)="force.set($event)"
      />
    } @else {
      <p class="muted">{{ t('deployment.forgetBody', names) }}</p>
    }
    <ng-container uiDialogActions>
      <button uiButton data-autofocus (click)="ref.close()">{{ t('ui.cancel') }}</button>
      <button uiButton="destroy" (click)="ref.close({ force: force() })">
        {{ t('deployment.uninstallAction', { kind: data.kindTitle }) }}
      </button>
    </ng-container>
  </ui-dialog-frame>`,
})
export class UninstallDialog {
  protected readonly data = inject<UninstallQuestion>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<UninstallChoice>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly force = signal(false);
  protected readonly names = {
    kind: this.data.kindTitle,
    server: this.data.deployment.server_name,
  };
  protected readonly heading = this.t('deployment.uninstallTitle', this.names);
  /** Whether something of it may be on the server. */
  protected readonly wasApplied =
    this.data.deployment.applied_version !== null ||
    !['planned', 'failed'].includes(this.data.deployment.state);
}
