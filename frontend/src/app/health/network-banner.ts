import { Component, computed, inject, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { Notice } from '../ui/notice';

/** Says once that the manager itself has lost its network, instead of an alarm per server. */
@Component({
  selector: 'app-network-banner',
  imports: [Notice],
  styles: `
    :host:empty {
      display: none;
    }
  `,
  template: `@if (since() !== null) {
    <ui-notice tone="bad" alert>
      <strong>{{ t('board.networkLost') }}</strong>
      <p>{{ t('board.networkLostBody', { time: time() }) }}</p>
    </ui-notice>
  }`,
})
export class NetworkBanner {
  /** ISO time; null while the manager has its network. */
  readonly since = input.required<string | null>();
  protected readonly t = injectTranslate();
  private readonly formats = inject(Formats);
  protected readonly time = computed(() => this.formats.time(this.since() ?? 0));
}
