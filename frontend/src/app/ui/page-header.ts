import { Component, input } from '@angular/core';

/** Title of a page, one line about it, and its actions: `[uiPageActions]`, `[uiPageBadges]`. */
@Component({
  selector: 'ui-page-header',
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: flex-end;
      gap: 12px;
    }
    .words {
      flex: 1;
      min-width: min(240px, 100%);
    }
    .title {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
    }
    h1 {
      overflow-wrap: anywhere;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    .actions:empty {
      display: none;
    }
  `,
  template: `<div class="words">
      <div class="title">
        <h1>{{ heading() }}</h1>
        <ng-content select="[uiPageBadges]" />
      </div>
      @if (note(); as line) {
        <p class="muted">{{ line }}</p>
      }
      <ng-content />
    </div>
    <div class="actions"><ng-content select="[uiPageActions]" /></div>`,
})
export class PageHeader {
  readonly heading = input.required<string>();
  readonly note = input<string>();
}
