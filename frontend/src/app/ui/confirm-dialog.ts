import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from './button';
import { DialogFrame } from './dialog-frame';

/** What is asked before something that cannot be taken back. Texts in the language on screen. */
export interface Confirmation {
  /** Names the object: "Remove web-1?". */
  readonly title: string;
  /** What happens then. */
  readonly body: string;
  /** What will be removed, one line each. */
  readonly consequences?: readonly string[];
  /** The verb, such as "Remove server". */
  readonly action: string;
  /** Must be typed first, where a mistake would cost much. */
  readonly typedName?: string;
  /** It takes nothing away: the button is not red. */
  readonly harmless?: boolean;
}

/** Asks before something that cannot be taken back, naming what it is about. */
@Component({
  selector: 'ui-confirm-dialog',
  imports: [Button, DialogFrame],
  styles: `
    p {
      overflow-wrap: anywhere;
    }
    ul {
      margin: 10px 0 0;
      padding-left: 18px;
      list-style: disc;
    }
    label {
      display: block;
      margin-top: 14px;
    }
    .input {
      margin-top: 6px;
    }
  `,
  template: `<form (submit)="submit($event)">
    <ui-dialog-frame [heading]="data.title">
      <p class="muted">{{ data.body }}</p>
      @if (data.consequences; as lines) {
        <ul class="muted">
          @for (line of lines; track $index) {
            <li>{{ line }}</li>
          }
        </ul>
      }
      @if (data.typedName; as name) {
        <label
          >{{ t('ui.typeToConfirm', { name }) }}
          <input
            class="input mono"
            autocomplete="off"
            spellcheck="false"
            [value]="typed()"
            (input)="typed.set($any($event.target).value)"
          />
        </label>
      }
      <ng-container uiDialogActions>
        <button uiButton data-autofocus (click)="ref.close(false)">{{ t('ui.cancel') }}</button>
        <button
          [uiButton]="data.harmless ? 'primary' : 'destroy'"
          type="submit"
          [disabled]="!allowed()"
        >
          {{ data.action }}
        </button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class ConfirmDialog {
  protected readonly data = inject<Confirmation>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<boolean>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly typed = signal('');
  protected readonly allowed = computed(
    () => this.data.typedName === undefined || this.typed().trim() === this.data.typedName,
  );

  protected submit(event: Event): void {
    event.preventDefault();
    if (this.allowed()) this.ref.close(true);
  }
}
