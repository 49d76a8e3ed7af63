import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { Field, Input } from '../ui/field';

/** Asks for the name of a view that is to be kept. */
@Component({
  selector: 'app-view-dialog',
  imports: [Button, DialogFrame, Field, Input],
  template: `<form (submit)="submit($event)">
    <ui-dialog-frame [heading]="t('servers.saveViewTitle')">
      <ui-field
        [label]="t('servers.viewName')"
        [hint]="isTaken() ? t('servers.viewReplaces') : t('servers.viewHint')"
      >
        <input
          uiInput
          maxlength="60"
          autocomplete="off"
          [value]="name()"
          (input)="name.set($any($event.target).value)"
        />
      </ui-field>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [disabled]="name().trim() === ''">
          {{ t('ui.save') }}
        </button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class ViewDialog {
  private readonly taken = inject<readonly string[]>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<string>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly name = signal('');
  protected readonly isTaken = computed(() => this.taken.includes(this.name().trim()));

  protected submit(event: Event): void {
    event.preventDefault();
    const name = this.name().trim();
    if (name !== '') this.ref.close(name);
  }
}
