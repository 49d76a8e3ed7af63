import { Component, input, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import type { CodeDiagnostic, CodePlace } from '../ui/code-place';

/** What is wrong, each with a button that leads to its line. */
@Component({
  selector: 'app-place-list',
  styles: `
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0 8px;
    }
    button {
      text-align: start;
    }
    .text {
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
  template: `<ul>
    @for (place of places(); track $index) {
      <li>
        <button type="button" class="link number" (click)="chosen.emit(place)">
          {{ t('editor.place', { line: place.line, column: place.column }) }}
        </button>
        <span class="text">{{ place.message }}</span>
      </li>
    }
  </ul>`,
})
export class PlaceList {
  readonly places = input.required<readonly CodeDiagnostic[]>();
  readonly chosen = output<CodePlace>();
  protected readonly t = injectTranslate();
}
