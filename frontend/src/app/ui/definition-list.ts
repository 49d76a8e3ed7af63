import { Component, input } from '@angular/core';

/** Facts as name and value. Put `<ui-definition term="Kernel">6.1</ui-definition>` inside. */
@Component({
  selector: 'ui-definition-list',
  host: { role: 'list' },
  styles: `
    :host {
      display: grid;
      gap: 0;
    }
  `,
  template: `<ng-content />`,
})
export class DefinitionList {}

/** One fact of a {@link DefinitionList}. */
@Component({
  selector: 'ui-definition',
  host: { role: 'listitem' },
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(110px, 34%) minmax(0, 1fr);
      gap: 12px;
      align-items: baseline;
      padding: 7px 0;
      border-bottom: 1px solid var(--line);
    }
    :host(:last-child) {
      border-bottom: 0;
    }
    .value {
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
  template: `<span class="muted">{{ term() }}</span
    ><span class="value number"><ng-content /></span>`,
})
export class Definition {
  readonly term = input.required<string>();
}
