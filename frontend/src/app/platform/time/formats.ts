import { Injectable, computed, inject } from '@angular/core';
import { I18n } from '../i18n/i18n';

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * Numbers, sizes and times in the chosen language. Formatters are made once per language: making one
 * costs more than using it a hundred times.
 */
@Injectable({ providedIn: 'root' })
export class Formats {
  private readonly language = inject(I18n).language;
  private readonly integer = computed(() => new Intl.NumberFormat(this.language()));
  private readonly decimal = computed(
    () => new Intl.NumberFormat(this.language(), { maximumFractionDigits: 1 }),
  );
  private readonly percentage = computed(
    () => new Intl.NumberFormat(this.language(), { style: 'percent', maximumFractionDigits: 2 }),
  );
  private readonly dateTimes = computed(
    () => new Intl.DateTimeFormat(this.language(), { dateStyle: 'medium', timeStyle: 'medium' }),
  );
  private readonly dates = computed(
    () => new Intl.DateTimeFormat(this.language(), { dateStyle: 'medium' }),
  );
  private readonly times = computed(
    () => new Intl.DateTimeFormat(this.language(), { timeStyle: 'medium' }),
  );
  private readonly clocks = computed(
    () => new Intl.DateTimeFormat(this.language(), { hour: '2-digit', minute: '2-digit' }),
  );
  private readonly relativeTimes = computed(
    () => new Intl.RelativeTimeFormat(this.language(), { numeric: 'auto', style: 'short' }),
  );
  private readonly unitFormats = computed(() => {
    const language = this.language();
    return Object.fromEntries(
      (['day', 'hour', 'minute', 'second', 'millisecond'] as const).map((unit) => [
        unit,
        new Intl.NumberFormat(language, {
          style: 'unit',
          unit,
          unitDisplay: 'short',
          maximumFractionDigits: unit === 'second' ? 1 : 0,
        }),
      ]),
    ) as Record<'day' | 'hour' | 'minute' | 'second' | 'millisecond', Intl.NumberFormat>;
  });

  number(value: number): string {
    return this.integer().format(value);
  }

  /** With at most one digit after the point. */
  decimalNumber(value: number): string {
    return this.decimal().format(value);
  }

  /** A share of 1, such as 0.9988. */
  percent(share: number): string {
    return this.percentage().format(share);
  }

  /** Bytes in binary units: 1536 is `1.5 KiB`. */
  bytes(count: number): string {
    let value = count;
    let unit = 0;
    while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
      value /= 1024;
      unit += 1;
    }
    return `${this.decimal().format(value)} ${BYTE_UNITS[unit] ?? ''}`;
  }

  dateTime(at: Date | string | number): string {
    return this.dateTimes().format(new Date(at));
  }

  date(at: Date | string | number): string {
    return this.dates().format(new Date(at));
  }

  time(at: Date | string | number): string {
    return this.times().format(new Date(at));
  }

  /** Hours and minutes, for scales. */
  clock(at: number): string {
    return this.clocks().format(at);
  }

  /** How long before or after `now`, in the largest unit that fits: `3 min ago`. */
  relative(at: Date | string | number, now: number): string {
    const seconds = Math.round((new Date(at).getTime() - now) / 1000);
    const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
    return this.relativeTimes().format(Math.trunc(seconds / size), unit);
  }

  /** A length of time, in at most two units: `340 ms`, `4.2 sec`, `2 min 14 sec`, `3 hr 5 min`. */
  duration(milliseconds: number): string {
    const format = this.unitFormats();
    if (milliseconds < 1000)
      return format.millisecond.format(Math.max(0, Math.round(milliseconds)));
    if (milliseconds < 60_000) return format.second.format(Math.floor(milliseconds / 100) / 10);
    const seconds = Math.floor(milliseconds / 1000);
    const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600)];
    const minutes = Math.floor((seconds % 3600) / 60);
    const parts: (readonly [Intl.NumberFormat, number])[] = [
      [format.day, days],
      [format.hour, hours],
      [format.minute, minutes],
      [format.second, seconds % 60],
    ];
    const first = parts.findIndex(([, value]) => value > 0);
    return parts
      .slice(first, first + 2)
      .filter(([, value]) => value > 0)
      .map(([formatter, value]) => formatter.format(value))
      .join(' ');
  }
}
