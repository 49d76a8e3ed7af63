import { Component, computed, inject, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';

/** A time as "3 min ago", with the exact time on hover. All of them share one timer. */
@Component({
  selector: 'ui-relative-time',
  template: `@if (at(); as time) {
      <time [attr.datetime]="iso()" [title]="exact()">{{ text() }}</time>
    } @else {
      {{ t('ui.notYet') }}
    }`,
})
export class RelativeTime {
  /** ISO time; null when it has not happened. */
  readonly at = input.required<string | null>();
  protected readonly t = injectTranslate();
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);

  protected readonly iso = computed(() => new Date(this.at() ?? 0).toISOString());
  protected readonly exact = computed(() => this.formats.dateTime(this.at() ?? 0));
  protected readonly text = computed(() => this.formats.relative(this.at() ?? 0, this.clock.now()));
}
