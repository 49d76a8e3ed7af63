import { Component, computed, inject, input } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { isMac } from '../platform/shortcuts/shortcuts';
import { injectTranslate } from '../platform/i18n/i18n';

/** Keys of a shortcut as key caps: `mod+k`, `g s`, `?`. */
@Component({
  selector: 'ui-kbd',
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 3px;
      font-size: 11px;
      color: var(--subtle);
    }
    kbd {
      display: inline-grid;
      place-items: center;
      min-width: 18px;
      height: 18px;
      padding: 0 4px;
      border: 1px solid var(--line-strong);
      border-radius: 4px;
      background: var(--canvas);
      font: 500 10.5px/1 var(--font-sans);
      color: var(--muted);
    }
  `,
  template: `@for (key of caps(); track $index) {
    @if (sequence() && $index > 0) {
      <span>{{ t('shortcuts.then') }}</span>
    }
    <kbd>{{ key }}</kbd>
  }`,
})
export class Kbd {
  readonly keys = input.required<string>();
  protected readonly t = injectTranslate();
  private readonly mac = isMac(inject(DOCUMENT));
  protected readonly sequence = computed(() => this.keys().includes(' '));
  protected readonly caps = computed(() =>
    this.keys()
      .split(/[ +]/)
      .map((key) => {
        if (key === 'mod') return this.mac ? '⌘' : 'Ctrl';
        return key.length === 1 ? key.toUpperCase() : key;
      }),
  );
}
