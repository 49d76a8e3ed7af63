import { Component, input } from '@angular/core';
import { Icon } from './icon';
import type { IconName } from './icons';

/** Nothing to show: one sentence why, and one action to change it as content. */
@Component({
  selector: 'ui-empty-state',
  imports: [Icon],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 6px;
      padding: 56px 24px;
      text-align: center;
    }
    .icon {
      display: grid;
      place-items: center;
      width: 44px;
      height: 44px;
      margin-bottom: 8px;
      border: 1px solid var(--line);
      border-radius: 12px;
      background: var(--surface);
      box-shadow: var(--shadow-low);
      color: var(--subtle);
    }
    .icon svg {
      width: 20px;
      height: 20px;
    }
    p {
      max-width: 44ch;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 8px;
      margin-top: 12px;
    }
    .actions:empty {
      display: none;
    }
  `,
  template: `<span class="icon"><svg [uiIcon]="icon()"></svg></span>
    @if (level() === 1) {
      <h1>{{ heading() }}</h1>
    } @else {
      <h2>{{ heading() }}</h2>
    }
    @if (body(); as text) {
      <p class="muted">{{ text }}</p>
    }
    <div class="actions"><ng-content /></div>`,
})
export class EmptyState {
  readonly icon = input.required<IconName>();
  readonly heading = input.required<string>();
  readonly body = input<string>();
  /** 1 where it is the whole page. */
  readonly level = input<1 | 2>(2);
}
