import { Component, computed, inject, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { LiveConnection } from '../platform/live/live-connection';
import { Formats } from '../platform/time/formats';
import { Icon } from './icon';

/** Says that what is beside it is not live, and from when it is. Empty while everything is live. */
@Component({
  selector: 'ui-stale-marker',
  imports: [Icon],
  styles: `
    span {
      display: inline-flex;
      align-items: center;
      gap: 5px;
      font-size: 12px;
      color: var(--warn);
    }
    svg {
      width: 13px;
      height: 13px;
    }
  `,
  template: `@if (stale()) {
    <span><svg uiIcon="clock"></svg>{{ t('ui.staleSince', { time: time() }) }}</span>
  }`,
})
export class StaleMarker {
  /** When the data was fetched, in milliseconds since the epoch. */
  readonly fetchedAt = input.required<number>();
  protected readonly t = injectTranslate();
  private readonly live = inject(LiveConnection);
  private readonly formats = inject(Formats);
  protected readonly stale = computed(() => this.live.state() !== 'live');
  protected readonly time = computed(() =>
    this.formats.time(Math.max(this.fetchedAt(), this.live.stateSince())),
  );
}
