import { Component, computed, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { CopyButton } from '../ui/copy-button';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { ServerStore } from './server-store';

/** The line below a server's name. A component of its own, because heartbeats change it all the time. */
@Component({
  selector: 'app-server-facts',
  imports: [CopyButton, Icon, RelativeTime],
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 16px;
      margin-top: 4px;
      color: var(--muted);
    }
    span {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      min-height: 28px;
    }
    svg {
      width: 14px;
      height: 14px;
      color: var(--subtle);
    }
  `,
  template: `<span class="number"
      ><svg uiIcon="globe"></svg>{{ address() }}
      <ui-copy-button [value]="address()" [label]="t('server.copyAddress')"
    /></span>
    @if (store.live()?.os; as os) {
      <span><svg uiIcon="box"></svg>{{ os }}</span>
    }
    @if (uptime(); as text) {
      <span class="number"><svg uiIcon="timer"></svg>{{ t('server.upFor', { time: text }) }}</span>
    }
    @if (store.live()?.agent_version; as version) {
      <span class="number"
        ><svg uiIcon="plug"></svg>{{ t('servers.agentVersion', { version }) }}</span
      >
    }
    @if (store.live()?.last_heartbeat_at; as at) {
      <span class="number"
        ><svg uiIcon="activity"></svg>{{ t('servers.heartbeat') }} <ui-relative-time [at]="at"
      /></span>
    }`,
})
export class ServerFacts {
  protected readonly store = inject(ServerStore);
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly address = computed(() => this.store.live()?.host ?? '');
  protected readonly uptime = computed(() => {
    const server = this.store.live();
    const isUp = server?.status === 'online' || server?.status === 'degraded';
    const seconds = isUp ? server.figures?.uptime_seconds : undefined;
    // Whole minutes: the seconds of a heartbeat ago say nothing.
    if (seconds === undefined) return null;
    return this.formats.duration(seconds < 60 ? seconds * 1000 : Math.floor(seconds / 60) * 60_000);
  });
}
