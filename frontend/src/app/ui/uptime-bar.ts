import { Component, booleanAttribute, computed, inject, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';

/** State of one span of time. */
export type UptimeState = 'up' | 'degraded' | 'down' | 'unknown';

const STATES: readonly UptimeState[] = ['up', 'degraded', 'down', 'unknown'];
const PITCH = 4;
const HEIGHT = 16;
const INSET: Readonly<Record<UptimeState, number>> = { up: 2, degraded: 1, down: 0, unknown: 5 };

/**
 * Equal spans of time side by side, oldest first. States differ in height as well as in colour. Drawn
 * as one path per state: a thousand of these in a list stay cheap.
 */
@Component({
  selector: 'ui-uptime-bar',
  styles: `
    :host {
      display: inline-flex;
      vertical-align: middle;
      max-width: 100%;
    }
    svg {
      max-width: 100%;
    }
    .up {
      fill: var(--ok-fill);
      opacity: 0.75;
    }
    .degraded {
      fill: var(--warn-fill);
    }
    .down {
      fill: var(--bad-fill);
    }
    .unknown {
      fill: var(--idle-fill);
    }
  `,
  template: `<svg
    [attr.viewBox]="'0 0 ' + width() + ' 16'"
    [attr.width]="fill() ? '100%' : width()"
    [attr.preserveAspectRatio]="fill() ? 'none' : null"
    height="16"
    role="img"
    [attr.aria-label]="label()"
  >
    @for (part of paths(); track part.state) {
      <path [attr.class]="part.state" [attr.d]="part.path" />
    }
  </svg>`,
})
export class UptimeBar {
  readonly spans = input.required<readonly UptimeState[]>();
  /** 0 to 1; null when it is not known. */
  readonly share = input.required<number | null>();
  /** As wide as there is room, whatever the number of spans. */
  readonly fill = input(false, { transform: booleanAttribute });
  private readonly t = injectTranslate();
  private readonly formats = inject(Formats);

  protected readonly width = computed(() => this.spans().length * PITCH);
  protected readonly paths = computed(() => uptimePaths(this.spans()));
  protected readonly label = computed(() => {
    const share = this.share();
    return share === null
      ? this.t('ui.noData')
      : this.t('ui.uptimeOf', { share: this.formats.percent(share) });
  });
}

/** One SVG path per state that occurs. */
export function uptimePaths(
  spans: readonly UptimeState[],
): readonly { state: UptimeState; path: string }[] {
  return STATES.map((state) => ({
    state,
    path: spans
      .map((span, index) => {
        if (span !== state) return '';
        const inset = INSET[state];
        const height = HEIGHT - inset * 2;
        return `M${String(index * PITCH)},${String(inset)}h2.6v${String(height)}h-2.6z`;
      })
      .join(''),
  })).filter(({ path }) => path !== '');
}
