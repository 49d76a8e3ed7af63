import { Component, inject, input, model } from '@angular/core';
import { _IdGenerator } from '@angular/cdk/a11y';
import type { FormValueControl } from '@angular/forms/signals';
import { Icon } from './icon';
import type { IconName } from './icons';

/** One choice of {@link RadioCards}. */
export interface RadioChoice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: IconName;
}

/** A few choices side by side, each with an icon and a line about it. Native radio buttons inside. */
@Component({
  selector: 'ui-radio-cards',
  imports: [Icon],
  styles: `
    fieldset {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(150px, 100%), 1fr));
      gap: 8px;
      min-width: 0;
    }
    legend {
      margin-bottom: 6px;
      font-weight: 500;
    }
    label {
      display: block;
      padding: 12px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-m);
      background: var(--surface);
      cursor: pointer;
    }
    label:hover {
      border-color: var(--control-line);
    }
    label:has(:checked) {
      border-color: var(--accent);
      background: var(--accent-soft);
    }
    label:has(:focus-visible) {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
    input {
      position: absolute;
      opacity: 0;
      pointer-events: none;
    }
    svg {
      margin-bottom: 8px;
      color: var(--subtle);
    }
    label:has(:checked) svg {
      color: var(--accent);
    }
    span {
      display: block;
      font-weight: 500;
    }
    small {
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
  `,
  template: `<fieldset>
    <legend>{{ legend() }}</legend>
    @for (choice of choices(); track choice.value) {
      <label>
        <input
          type="radio"
          [name]="groupName"
          [value]="choice.value"
          [checked]="value() === choice.value"
          (change)="value.set(choice.value)"
        />
        @if (choice.icon; as icon) {
          <svg [uiIcon]="icon"></svg>
        }
        <span>{{ choice.label }}</span>
        @if (choice.hint; as hint) {
          <small>{{ hint }}</small>
        }
      </label>
    }
  </fieldset>`,
})
export class RadioCards implements FormValueControl<string> {
  readonly legend = input.required<string>();
  readonly choices = input.required<readonly RadioChoice[]>();
  readonly value = model('');
  protected readonly groupName = inject(_IdGenerator).getId('radio-');
}
