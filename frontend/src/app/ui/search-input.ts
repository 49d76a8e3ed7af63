import type { ElementRef } from '@angular/core';
import {
  Component,
  DestroyRef,
  inject,
  input,
  linkedSignal,
  model,
  viewChild,
} from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Shortcuts } from '../platform/shortcuts/shortcuts';
import { Icon } from './icon';

/** Search of a page: `/` brings the focus here, Escape empties it. */
@Component({
  selector: 'ui-search-input',
  imports: [Icon],
  styles: `
    :host {
      position: relative;
      display: block;
      width: min(288px, 100%);
    }
    svg {
      position: absolute;
      left: 10px;
      top: 50%;
      width: 14px;
      height: 14px;
      translate: 0 -50%;
      color: var(--subtle);
      pointer-events: none;
    }
    .input {
      padding: 0 34px 0 32px;
    }
    .end {
      position: absolute;
      right: 8px;
      top: 50%;
      translate: 0 -50%;
    }
    kbd {
      display: grid;
      place-items: center;
      width: 18px;
      height: 18px;
      border: 1px solid var(--line-strong);
      border-radius: 4px;
      font-size: 10.5px;
      color: var(--subtle);
      pointer-events: none;
    }
    button {
      display: grid;
      place-items: center;
      width: 24px;
      height: 24px;
      right: 5px;
      border-radius: 5px;
    }
    button svg {
      position: static;
      translate: none;
    }
    @media (max-width: 599px) {
      :host {
        width: 100%;
      }
    }
    @media (max-width: 899px) {
      kbd {
        display: none;
      }
    }
  `,
  template: `<svg uiIcon="search"></svg>
    <input
      #field
      class="input"
      type="search"
      autocomplete="off"
      spellcheck="false"
      [attr.aria-label]="label()"
      [placeholder]="label()"
      [value]="text()"
      (input)="tell(field.value)"
      (blur)="told.clear()"
      (keydown.escape)="clear()"
    />
    @if (text() !== '') {
      <button type="button" class="end" [attr.aria-label]="t('ui.clearSearch')" (click)="clear()">
        <svg uiIcon="x"></svg>
      </button>
    } @else {
      <kbd class="end" aria-hidden="true">/</kbd>
    }`,
})
export class SearchInput {
  readonly label = input.required<string>();
  readonly value = model('');
  /** What was typed since it has the focus. */
  protected readonly told = new Set<string>();
  /** What is in it. What comes back of what was typed before is behind what is typed now. */
  protected readonly text = linkedSignal<string, string>({
    source: this.value,
    computation: (value, previous) =>
      previous !== undefined && this.told.has(value) ? previous.value : value,
  });
  protected readonly t = injectTranslate();
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  constructor() {
    const unregister = inject(Shortcuts).register({
      keys: '/',
      label: 'shortcuts.search',
      run: () => {
        this.field().nativeElement.focus();
        this.field().nativeElement.select();
      },
    });
    inject(DestroyRef).onDestroy(unregister);
  }

  protected tell(text: string): void {
    this.told.add(text);
    this.text.set(text);
    this.value.set(text);
  }

  protected clear(): void {
    this.tell('');
    this.field().nativeElement.focus();
  }
}
