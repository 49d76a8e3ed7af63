import { Component, inject, input, model } from '@angular/core';
import { Formats } from '../platform/time/formats';
import { Icon } from './icon';
import type { IconName } from './icons';
import type { Tone } from './status';

/** One choice of a {@link Segmented}. */
export interface Segment<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  readonly count?: number | undefined;
  readonly icon?: IconName | undefined;
  readonly tone?: Tone | undefined;
}

/** A few filters or views side by side, one of them on, with counts. */
@Component({
  selector: 'ui-segmented',
  imports: [Icon],
  host: { role: 'group', '[attr.aria-label]': 'label()' },
  styles: `
    :host {
      display: inline-flex;
      gap: 2px;
      max-width: 100%;
      padding: 2px;
      overflow-x: auto;
      border-radius: 8px;
      background: var(--idle-soft);
      scrollbar-width: none;
    }
    button {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: calc(var(--control-height) - 4px);
      padding: 0 10px;
      border-radius: 6px;
      font-size: 12px;
      font-weight: 500;
      color: var(--muted);
      white-space: nowrap;
    }
    button:hover {
      color: var(--text);
    }
    button:focus-visible {
      outline-offset: -2px;
    }
    button[aria-pressed='true'] {
      background: light-dark(oklch(1 0 0), oklch(0.3 0.014 265));
      color: var(--text);
      box-shadow: var(--shadow-low);
    }
    button[aria-pressed='true'] .subtle {
      color: var(--muted);
    }
    svg {
      width: 14px;
      height: 14px;
    }
  `,
  template: `@for (segment of segments(); track segment.value) {
    <button
      type="button"
      [attr.aria-pressed]="segment.value === value()"
      (click)="value.set(segment.value)"
    >
      @if (segment.icon; as icon) {
        <svg
          [uiIcon]="icon"
          [style.color]="segment.tone ? 'var(--' + segment.tone + ')' : null"
        ></svg>
      }
      {{ segment.label }}
      @if (segment.count !== undefined) {
        <span class="number subtle">{{ formats.number(segment.count) }}</span>
      }
    </button>
  }`,
})
export class Segmented<Value extends string> {
  protected readonly formats = inject(Formats);
  readonly label = input.required<string>();
  readonly segments = input.required<readonly Segment<Value>[]>();
  readonly value = model.required<Value>();
}
