import { Component, computed, inject, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';

/** From where a share is shown as a warning and as bad. */
const WARN_FROM = 0.7;
const BAD_FROM = 0.85;

/** A share of a whole as a number and a bar: CPU, memory, disk. */
@Component({
  selector: 'ui-meter',
  host: { role: 'img', '[attr.aria-label]': 'description()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      vertical-align: middle;
    }
    .value {
      width: 34px;
      font-size: 12px;
      text-align: end;
      color: var(--muted);
    }
    .value.bad {
      color: var(--bad);
      font-weight: 500;
    }
    .track {
      width: var(--meter-track, 56px);
      height: 6px;
      border-radius: 3px;
      background: var(--idle-soft);
      overflow: hidden;
    }
    .track span {
      display: block;
      height: 100%;
      border-radius: 3px;
      background: var(--info-fill);
    }
    .track .warn {
      background: var(--warn-fill);
    }
    .track .bad {
      background: var(--bad-fill);
    }
  `,
  template: `<span class="value number" [class.bad]="level() === 'bad'">{{ text() }}</span>
    <span class="track"><span [class]="level()" [style.width.%]="width()"></span></span>`,
})
export class Meter {
  /** 0 to 1; null when it is not known. */
  readonly share = input.required<number | null>();
  readonly label = input.required<string>();
  private readonly t = injectTranslate();
  private readonly formats = inject(Formats);

  protected readonly width = computed(() => Math.min(100, Math.max(0, (this.share() ?? 0) * 100)));
  protected readonly level = computed(() => {
    const share = this.share() ?? 0;
    if (share >= BAD_FROM) return 'bad';
    return share >= WARN_FROM ? 'warn' : '';
  });
  protected readonly text = computed(() => {
    const share = this.share();
    return share === null ? '–' : this.formats.percent(Math.round(share * 100) / 100);
  });
  protected readonly description = computed(() =>
    this.share() === null
      ? `${this.label()}: ${this.t('ui.noData')}`
      : this.t('ui.percentOf', { label: this.label(), share: this.text() }),
  );
}
