import { Component, computed, input } from '@angular/core';
import { sparklinePath } from './sparkline-path';

/** The last values of a figure as a line. The figure itself stands beside it in words. */
@Component({
  selector: 'ui-sparkline',
  styles: `
    :host {
      display: inline-flex;
      vertical-align: middle;
    }
    .area {
      fill: var(--accent);
      fill-opacity: 0.13;
    }
    .line {
      fill: none;
      stroke: var(--accent);
      stroke-width: 1.5;
      stroke-linejoin: round;
      stroke-linecap: round;
    }
  `,
  template: `<svg
    [attr.viewBox]="'0 0 ' + width() + ' ' + height()"
    [attr.width]="width()"
    [attr.height]="height()"
    aria-hidden="true"
  >
    @if (path(); as line) {
      <path
        class="area"
        [attr.d]="line + 'L' + width() + ',' + height() + 'L0,' + height() + 'Z'"
      />
      <path class="line" [attr.d]="line" />
    }
  </svg>`,
})
export class Sparkline {
  /** Oldest first; null where a value is missing. */
  readonly values = input.required<readonly (number | null)[]>();
  readonly width = input(72);
  readonly height = input(22);
  /** Smallest range that fills the height, so that noise does not look like a storm. */
  readonly minimumRange = input(0.3);
  protected readonly path = computed(() =>
    sparklinePath(this.values(), this.width(), this.height(), this.minimumRange()),
  );
}
