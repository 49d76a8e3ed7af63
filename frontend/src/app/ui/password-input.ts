import type { ElementRef } from '@angular/core';
import { Component, inject, input, model, output, signal, viewChild } from '@angular/core';
import type {
  FormValueControl,
  ValidationError,
  WithOptionalFieldTree,
} from '@angular/forms/signals';
import { injectTranslate } from '../platform/i18n/i18n';
import { Field } from './field';
import { Icon } from './icon';

/** A password with a button to look at it. Binds with `[formField]`. */
@Component({
  selector: 'ui-password-input',
  imports: [Icon],
  styles: `
    :host {
      position: relative;
      display: block;
    }
    .input {
      padding-right: 40px;
    }
    button {
      position: absolute;
      inset: 1px 1px 1px auto;
      display: grid;
      place-items: center;
      width: 34px;
      border-radius: 0 6px 6px 0;
      color: var(--subtle);
    }
    button:hover {
      color: var(--text);
    }
  `,
  template: `<input
      #control
      class="input"
      [id]="field?.id ?? ''"
      [type]="shown() ? 'text' : 'password'"
      [attr.autocomplete]="autocomplete()"
      [attr.aria-describedby]="field?.describedBy()"
      [attr.aria-invalid]="field && field.error() !== null ? true : null"
      autocapitalize="none"
      spellcheck="false"
      [value]="value()"
      [disabled]="disabled()"
      (input)="value.set($any($event.target).value)"
      (blur)="touch.emit()"
    />
    <button
      type="button"
      [attr.aria-label]="t(shown() ? 'ui.password.hide' : 'ui.password.show')"
      [attr.aria-pressed]="shown()"
      (click)="shown.set(!shown())"
    >
      <svg [uiIcon]="shown() ? 'eye-off' : 'eye'"></svg>
    </button>`,
})
export class PasswordInput implements FormValueControl<string> {
  readonly value = model('');
  readonly touch = output();
  readonly disabled = input(false);
  readonly errors = input<readonly WithOptionalFieldTree<ValidationError>[]>([]);
  readonly autocomplete = input<'current-password' | 'new-password' | 'off'>('off');

  protected readonly field = inject(Field, { optional: true });
  protected readonly shown = signal(false);
  private readonly control = viewChild.required<ElementRef<HTMLInputElement>>('control');
  protected readonly t = injectTranslate();

  focus(options?: FocusOptions): void {
    this.control().nativeElement.focus(options);
  }
}
