import { Component, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { FormField, form, maxLength, required, submit } from '@angular/forms/signals';
import { Api } from '../platform/api/generated/api';
import { addXrayClient } from '../platform/api/generated/fn/xray/add-xray-client';
import { updateXrayClient } from '../platform/api/generated/fn/xray/update-xray-client';
import type { XrayClient } from '../platform/api/generated/models/xray-client';
import type { XrayClientChange } from '../platform/api/generated/models/xray-client-change';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { focusFirstError } from '../ui/focus-first-error';

const NAME_LENGTH = 64;

/** A client to rename, or null for a new one, of a deployment. */
export interface ClientQuestion {
  readonly id: string;
  readonly client: XrayClient | null;
}

/** Asks for the name of a client and stores it. Answers what the manager made of it. */
@Component({
  selector: 'app-xray-client-dialog',
  imports: [Button, DialogFrame, ErrorState, Field, FormField, Input],
  styles: `
    form {
      display: flex;
      width: 100%;
      max-height: inherit;
    }
    .fields {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
  `,
  template: `<form novalidate (submit)="save($event)">
    <ui-dialog-frame [heading]="heading">
      <div class="fields">
        @if (problem(); as error) {
          @if (error.name !== 'xray_client_name_taken') {
            <ui-error-state [error]="error" [retryable]="false" />
          }
        }
        <ui-field
          [label]="t('xray.name')"
          [hint]="t('xray.nameHint')"
          [problem]="problem()?.name === 'xray_client_name_taken' ? t('xray.nameTaken') : null"
        >
          <input uiInput autocomplete="off" [formField]="form.name" />
        </ui-field>
        <p class="muted">{{ t('xray.restartHint') }}</p>
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [busy]="busy()">{{ action }}</button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class ClientDialog {
  private readonly api = inject(Api);
  private readonly data = inject<ClientQuestion>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<XrayClientChange>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly model = signal({ name: this.data.client?.name ?? '' });
  protected readonly form = form(this.model, (path) => {
    required(path.name);
    maxLength(path.name, NAME_LENGTH);
  });
  protected readonly heading = this.data.client
    ? this.t('xray.renameTitle', { name: this.data.client.name })
    : this.t('xray.add');
  protected readonly action = this.data.client ? this.t('xray.rename') : this.t('xray.add');

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    this.problem.set(null);
    await submit(this.form, { action: this.send.bind(this), onInvalid: focusFirstError });
  }

  private async send(): Promise<void> {
    this.busy.set(true);
    const { id, client } = this.data;
    const body = { name: this.model().name.trim() };
    try {
      this.ref.close(
        client
          ? await this.api.invoke(updateXrayClient, { id, client_id: client.id, body })
          : await this.api.invoke(addXrayClient, { id, body }),
      );
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
