import { Component, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';

/** Grey lines in the place of text that is being loaded. */
@Component({
  selector: 'ui-skeleton',
  host: { role: 'status' },
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 10px;
    }
    span:not(.cdk-visually-hidden) {
      display: block;
      border-radius: 6px;
      background: linear-gradient(
        90deg,
        var(--idle-soft) 25%,
        var(--pressed) 50%,
        var(--idle-soft) 75%
      );
      background-size: 200% 100%;
      animation: shimmer 1.4s infinite linear;
    }
  `,
  template: `<span class="cdk-visually-hidden">{{ t('ui.loading') }}</span>
    @for (width of widths.slice(0, lines()); track $index) {
      <span [style.width.%]="width" [style.height.px]="height()"></span>
    }`,
})
export class Skeleton {
  /** 1 to 8. */
  readonly lines = input(3);
  readonly height = input(14);
  protected readonly t = injectTranslate();
  protected readonly widths = [92, 78, 85, 60, 88, 70, 81, 54];
}
