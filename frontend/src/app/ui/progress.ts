import { Component, computed, input } from '@angular/core';

/** How far something is. Without a total it only shows that it goes on. */
@Component({
  selector: 'ui-progress',
  host: {
    role: 'progressbar',
    '[attr.aria-label]': 'label()',
    '[attr.aria-valuemin]': '0',
    '[attr.aria-valuemax]': 'total()',
    '[attr.aria-valuenow]': 'total() === null ? null : done()',
  },
  styles: `
    :host {
      display: block;
      height: 4px;
      border-radius: 2px;
      background: var(--idle-soft);
      overflow: hidden;
    }
    span {
      display: block;
      height: 100%;
      border-radius: 2px;
      background: var(--accent);
      transition: width 0.2s;
    }
    .endless {
      width: 30%;
      animation: slide 1.2s infinite var(--ease);
    }
    @keyframes slide {
      from {
        transform: translateX(-100%);
      }
      to {
        transform: translateX(340%);
      }
    }
  `,
  template: `<span [class.endless]="total() === null" [style.width.%]="width()"></span>`,
})
export class Progress {
  readonly label = input.required<string>();
  readonly done = input(0);
  readonly total = input<number | null>(null);
  protected readonly width = computed(() => {
    const total = this.total();
    if (total === null) return null;
    return total === 0 ? 100 : Math.min(100, (this.done() / total) * 100);
  });
}
