import { Component, booleanAttribute, input, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Icon } from './icon';

/** A label such as `env: production`, optionally with a button to remove it. */
@Component({
  selector: 'ui-chip',
  imports: [Icon],
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      justify-content: center;
      gap: 4px;
      max-width: 220px;
      height: 20px;
      padding: 0 6px;
      border-radius: var(--radius-s);
      background: var(--idle-soft);
      font-size: 11px;
      font-weight: 500;
      line-height: 16px;
      color: var(--muted);
      white-space: nowrap;
    }
    b {
      font-weight: 500;
      color: var(--text);
    }
    button {
      display: grid;
      place-items: center;
      width: 18px;
      height: 18px;
      margin-right: -4px;
      border-radius: 4px;
    }
    button:hover {
      background: var(--hover);
    }
    svg {
      width: 11px;
      height: 11px;
    }
  `,
  template: `<span class="truncate">
      @if (name(); as text) {
        {{ text }}:&nbsp;
      }
      <b>{{ value() }}</b></span
    >
    @if (removable()) {
      <button
        type="button"
        [attr.aria-label]="t('ui.removeLabel', { label: value() })"
        (click)="removed.emit()"
      >
        <svg uiIcon="x"></svg>
      </button>
    }`,
})
export class Chip {
  readonly name = input<string>();
  readonly value = input.required<string>();
  readonly removable = input(false, { transform: booleanAttribute });
  readonly removed = output();
  protected readonly t = injectTranslate();
}
