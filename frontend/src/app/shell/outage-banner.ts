import { Component, computed, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { LiveConnection } from '../platform/live/live-connection';
import { Reachability } from '../platform/problem/reachability';
import { Formats } from '../platform/time/formats';
import { Icon } from '../ui/icon';

/** One line across the page while what is on screen may be out of date, and since when it may. */
@Component({
  selector: 'app-outage-banner',
  imports: [Icon],
  host: { role: 'status' },
  styles: `
    p {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 7px var(--page-inset);
      border-bottom: 1px solid var(--line);
      background: var(--warn-soft);
      color: var(--warn);
      font-weight: 500;
    }
  `,
  template: `@if (text(); as line) {
    <p><svg uiIcon="wifi-off"></svg>{{ line }}</p>
  }`,
})
export class OutageBanner {
  private readonly live = inject(LiveConnection);
  private readonly reachability = inject(Reachability);
  private readonly formats = inject(Formats);
  private readonly t = injectTranslate();

  protected readonly text = computed(() => {
    const time = this.formats.time(this.live.stateSince());
    const outage = this.reachability.outage();
    if (outage === 'browser_offline' || this.live.state() === 'offline') {
      return this.t('banner.offline', { time });
    }
    if (outage === 'manager_unreachable') return this.t('banner.unreachable', { time });
    return this.live.state() === 'reconnecting' ? this.t('banner.reconnecting', { time }) : null;
  });
}
