import { Component, ElementRef, booleanAttribute, computed, inject, input } from '@angular/core';
import { Icon } from './icon';
import type { IconName } from './icons';

/** `primary` once per page; `destroy` only in the dialog that confirms; `danger` leads to that dialog. */
export type ButtonLook = 'primary' | 'secondary' | 'ghost' | 'danger' | 'destroy';

/**
 * A button or a link that looks like one. While `busy` it spins, keeps its width and its focus, and
 * does not react.
 */
@Component({
  selector: 'button[uiButton], a[uiButton]',
  imports: [Icon],
  host: {
    '[class]': 'classes()',
    '[attr.type]': 'isLink ? null : type()',
    '[attr.aria-busy]': 'busy() || null',
    '[attr.aria-disabled]': 'busy() || null',
  },
  template: `@if (busy()) {
      <svg uiIcon="loader" class="spin"></svg>
    } @else if (icon(); as name) {
      <svg [uiIcon]="name"></svg>
    }
    <ng-content />`,
})
export class Button {
  readonly look = input<ButtonLook | ''>('', { alias: 'uiButton' });
  readonly size = input<'medium' | 'small'>('medium');
  readonly icon = input<IconName>();
  /** Icon only: give it an accessible name. */
  readonly square = input(false, { transform: booleanAttribute });
  readonly busy = input(false, { transform: booleanAttribute });
  readonly type = input<'button' | 'submit'>('button');

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly isLink = this.element.tagName === 'A';

  protected readonly classes = computed(() =>
    [
      'button',
      `button-${this.look() === '' ? 'secondary' : this.look()}`,
      this.size() === 'small' ? 'button-small' : '',
      this.square() ? 'button-square' : '',
    ].join(' '),
  );

  constructor() {
    // Captured, so that it comes before the listeners of the template that uses the button.
    this.element.addEventListener('click', this.guard.bind(this), { capture: true });
  }

  private guard(event: Event): void {
    if (!this.busy()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
