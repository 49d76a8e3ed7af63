import { Component, booleanAttribute, input } from '@angular/core';
import { Icon } from './icon';
import type { IconName } from './icons';

/** A surface with an optional heading row. `[uiCardActions]` go to the end of that row. */
@Component({
  selector: 'ui-card',
  imports: [Icon],
  styles: `
    :host {
      display: block;
      border: 1px solid var(--line);
      border-radius: var(--radius-l);
      background: var(--surface);
      box-shadow: var(--shadow-low);
      min-width: 0;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      min-height: 48px;
      padding: 8px 16px;
      border-bottom: 1px solid var(--line);
    }
    header svg {
      color: var(--subtle);
    }
    .words {
      flex: 1;
      min-width: 160px;
    }
    .body {
      padding: 16px;
    }
    .flush {
      padding: 0;
    }
  `,
  template: `@if (heading(); as text) {
      <header>
        @if (icon(); as name) {
          <svg [uiIcon]="name"></svg>
        }
        <div class="words">
          <h2>{{ text }}</h2>
          @if (note(); as line) {
            <p class="small muted">{{ line }}</p>
          }
        </div>
        <ng-content select="[uiCardActions]" />
      </header>
    }
    <div class="body" [class.flush]="flush()"><ng-content /></div>`,
})
export class Card {
  readonly heading = input<string>();
  /** One line below the heading. */
  readonly note = input<string>();
  readonly icon = input<IconName>();
  /** Content reaches the edges, for tables and lists. */
  readonly flush = input(false, { transform: booleanAttribute });
}
