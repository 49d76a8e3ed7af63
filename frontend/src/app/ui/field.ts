import {
  Component,
  Directive,
  booleanAttribute,
  computed,
  contentChild,
  inject,
  input,
} from '@angular/core';
import { _IdGenerator } from '@angular/cdk/a11y';
import { FormField } from '@angular/forms/signals';
import { injectTranslate } from '../platform/i18n/i18n';
import { fieldMessage } from './field-message';
import { Icon } from './icon';

/**
 * Label, hint and errors of one control. Put `uiInput` on the control and bind it with `[formField]`;
 * errors show once the control was left or the form was submitted.
 */
@Component({
  selector: 'ui-field',
  imports: [Icon],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 6px;
      min-width: 0;
    }
    label {
      font-weight: 500;
    }
    label span {
      font-weight: 400;
    }
    p {
      font-size: 12px;
      line-height: 16px;
    }
    .error {
      display: flex;
      gap: 5px;
      color: var(--bad);
    }
    .error svg {
      width: 13px;
      height: 13px;
      margin-top: 1.5px;
    }
  `,
  template: `<label [for]="id" [class.cdk-visually-hidden]="quiet()"
      >{{ label() }}
      @if (optional()) {
        <span class="subtle">{{ t('ui.optional') }}</span>
      }
    </label>
    <ng-content />
    @if (hint(); as text) {
      <p class="muted" [id]="hintId">{{ text }}</p>
    }
    @if (error(); as text) {
      <p class="error" [id]="errorId"><svg uiIcon="circle-x"></svg>{{ text }}</p>
    }`,
})
export class Field {
  readonly label = input.required<string>();
  readonly hint = input<string>();
  readonly optional = input(false, { transform: booleanAttribute });
  /** The label is for screen readers only: in lists, where the heading says what it is. */
  readonly quiet = input(false, { transform: booleanAttribute });
  /** An error found elsewhere, such as by the manager. */
  readonly problem = input<string | null>(null);

  readonly id = inject(_IdGenerator).getId('field-');
  readonly hintId = `${this.id}-hint`;
  readonly errorId = `${this.id}-error`;
  protected readonly t = injectTranslate();
  private readonly control = contentChild(FormField, { descendants: true });

  readonly error = computed<string | null>(() => {
    const field = this.control();
    const state = field?.state();
    const first = state?.touched() === true ? state.errors()[0] : undefined;
    return first ? fieldMessage(first, this.t) : this.problem();
  });
  readonly describedBy = computed(
    () =>
      [this.hint() === undefined ? '' : this.hintId, this.error() === null ? '' : this.errorId]
        .filter((id) => id !== '')
        .join(' ') || null,
  );
}

/** Ties a native control to its {@link Field}: id, description and invalid state. */
@Directive({
  selector: 'input[uiInput], select[uiInput], textarea[uiInput]',
  host: {
    class: 'input',
    '[id]': 'field?.id',
    '[attr.aria-describedby]': 'field?.describedBy()',
    '[attr.aria-invalid]': 'field && field.error() !== null ? true : null',
  },
})
export class Input {
  protected readonly field = inject(Field, { optional: true });
}
