import { Component, computed, effect, inject, untracked } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { Card } from '../ui/card';
import { ServerStore } from './server-store';
import { VitalsChart } from './vitals-chart';
import type { ChartSeries } from './vitals-chart';
import { VitalsHistory } from './vitals-history';
import type { VitalsPoint } from './vitals-history';

interface Panel {
  readonly title: string;
  readonly icon: 'cpu' | 'memory' | 'gauge' | 'topology';
  readonly maximum: number | null;
  /** The top of the scale is not lower than this, so that next to nothing is drawn as such. */
  readonly least?: number;
  readonly format: (value: number) => string;
  readonly binary?: boolean;
  readonly series: readonly (ChartSeries & { readonly now: string })[];
}

/** CPU, memory, load and network of the last hour, live. */
@Component({
  selector: 'app-vitals-card',
  imports: [Card, VitalsChart],
  styles: `
    :host {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr));
      gap: 16px;
    }
    .legend {
      display: flex;
      gap: 12px;
      font-size: 12px;
      color: var(--muted);
    }
    .legend span {
      display: inline-flex;
      align-items: center;
      gap: 5px;
    }
    .legend i {
      width: 10px;
      height: 3px;
      border-radius: 2px;
    }
    .legend b {
      font-weight: 500;
      color: var(--text);
    }
  `,
  template: `@for (panel of panels(); track panel.icon) {
    <ui-card [heading]="panel.title" [icon]="panel.icon">
      <span uiCardActions class="legend number">
        @for (line of panel.series; track line.label) {
          <span
            ><i [style.background]="'var(--' + line.token + ')'"></i>{{ line.label }}
            <b>{{ line.now }}</b></span
          >
        }
      </span>
      <app-vitals-chart
        [label]="t('server.chartOf', { name: panel.title })"
        [times]="times()"
        [series]="panel.series"
        [none]="none()"
        [maximum]="panel.maximum"
        [least]="panel.least ?? 1"
        [format]="panel.format"
        [binary]="panel.binary ?? false"
      />
    </ui-card>
  }`,
})
export class VitalsCard {
  private readonly store = inject(ServerStore);
  private readonly history = inject(VitalsHistory);
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();

  private readonly points = computed(() => this.history.of(this.store.id()));
  protected readonly times = computed(() => this.points().map(({ at }) => at));
  /** Nothing until it is known that there is nothing. */
  protected readonly none = computed(() =>
    this.history.isKnown(this.store.id()) ? this.t('server.noFigures') : '',
  );
  protected readonly panels = computed<readonly Panel[]>(() => {
    const percent = (value: number): string => this.formats.percent(Math.round(value) / 100);
    const rate = (value: number): string =>
      this.t('server.perSecond', { size: this.formats.bytes(value) });
    const plain = (value: number): string => this.formats.decimalNumber(value);
    return [
      {
        title: this.t('servers.cpu'),
        icon: 'cpu',
        maximum: 100,
        format: percent,
        series: [this.line(this.t('server.used'), 'accent', ({ cpu }) => cpu, percent)],
      },
      {
        title: this.t('servers.memory'),
        icon: 'memory',
        maximum: 100,
        format: percent,
        series: [this.line(this.t('server.used'), 'info', ({ memory }) => memory, percent)],
      },
      {
        title: this.t('server.load'),
        icon: 'gauge',
        maximum: null,
        format: plain,
        series: [this.line(this.t('server.load1'), 'warn', ({ load }) => load, plain)],
      },
      {
        title: this.t('server.network'),
        icon: 'topology',
        maximum: null,
        format: rate,
        binary: true,
        least: 1024,
        series: [
          this.line(this.t('server.received'), 'ok', ({ received }) => received, rate),
          this.line(this.t('server.sent'), 'accent', ({ sent }) => sent, rate),
        ],
      },
    ];
  });

  constructor() {
    effect(() => {
      const id = this.store.id();
      untracked(() => {
        if (id !== '') this.history.watch(id);
      });
    });
  }

  private line(
    label: string,
    token: ChartSeries['token'],
    pick: (point: VitalsPoint) => number | null,
    format: (value: number) => string,
  ): ChartSeries & { now: string } {
    const values = this.points().map(pick);
    // What a server that does not answer told last is not how it is now.
    const status = this.store.live()?.status;
    const isUp = status === 'online' || status === 'degraded';
    const last = isUp ? (values.at(-1) ?? null) : null;
    return { label, token, values, now: last === null ? '–' : format(last) };
  }
}
