import { Component, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { FleetAlarm } from './fleet-alarm';

/** How many servers are in trouble, beside the way to the board. Empty while all are well. */
@Component({
  selector: 'app-alarm-badge',
  styles: `
    :host {
      margin-left: auto;
    }
    span[aria-hidden] {
      display: grid;
      place-items: center;
      min-width: 20px;
      height: 18px;
      padding: 0 6px;
      border-radius: 9px;
      background: var(--bad-soft);
      color: var(--bad);
      font-size: 11px;
      font-weight: 600;
    }
  `,
  template: `@if (alarm.count(); as count) {
    <span class="number" aria-hidden="true">{{ count }}</span>
    <span class="cdk-visually-hidden">{{ t('board.inTrouble', { n: count }) }}</span>
  }`,
})
export class AlarmBadge {
  protected readonly alarm = inject(FleetAlarm);
  protected readonly t = injectTranslate();
}
