import { Component, computed, inject, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';

/** How long something has been as it is: "for 3 min". */
@Component({
  selector: 'app-state-time',
  template: `<time [attr.datetime]="since()" [title]="exact()">{{ text() }}</time>`,
})
export class StateTime {
  /** ISO time. */
  readonly since = input.required<string>();
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  private readonly t = injectTranslate();
  protected readonly exact = computed(() => this.formats.dateTime(this.since()));
  protected readonly text = computed(() => {
    const length = Math.max(0, this.clock.now() - Date.parse(this.since()));
    // Whole seconds: it is written anew every second.
    return this.t('deployment.forTime', {
      time: this.formats.duration(Math.max(1000, Math.floor(length / 1000) * 1000)),
    });
  });
}
