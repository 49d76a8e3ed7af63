import { Component, input } from '@angular/core';
import { DiffCountsView, DiffView } from './diff-view';

/** A diff under what it is about (the content), with how much it changes. */
@Component({
  selector: 'ui-diff-section',
  imports: [DiffCountsView, DiffView],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 6px;
      min-width: 0;
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 2px 10px;
      overflow-wrap: anywhere;
    }
  `,
  template: `<div class="head">
      <ng-content />
      <ui-diff-counts [diff]="diff()" />
    </div>
    <ui-diff-view [diff]="diff()" [label]="label()" />`,
})
export class DiffSection {
  readonly diff = input.required<string>();
  readonly label = input.required<string>();
}
