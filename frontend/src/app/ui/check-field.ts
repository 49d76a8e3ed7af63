import { Component, input, model, output } from '@angular/core';
import type { FormCheckboxControl } from '@angular/forms/signals';

/** A checkbox with its words, and an optional line that explains it. Binds with `[formField]`. */
@Component({
  selector: 'ui-check-field',
  styles: `
    label {
      display: flex;
      align-items: flex-start;
      gap: 10px;
      min-height: 24px;
      cursor: pointer;
    }
    .check {
      margin-top: 2px;
    }
    small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
  `,
  template: `<label>
    <input
      type="checkbox"
      class="check"
      [checked]="checked()"
      [disabled]="disabled()"
      (change)="checked.set($any($event.target).checked)"
      (blur)="touch.emit()"
    />
    <span
      >{{ label() }}
      @if (hint(); as text) {
        <small>{{ text }}</small>
      }
    </span>
  </label>`,
})
export class CheckField implements FormCheckboxControl {
  readonly label = input.required<string>();
  readonly hint = input<string>();
  readonly checked = model(false);
  readonly touch = output();
  readonly disabled = input(false);
}
