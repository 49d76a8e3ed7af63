import type { ElementRef } from '@angular/core';
import {
  Component,
  DestroyRef,
  ViewEncapsulation,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { DOCUMENT } from '@angular/common';
import type uPlot from 'uplot';
import { resolveColors } from '../platform/theme/css-colors';
import { Theme } from '../platform/theme/theme';
import { Formats } from '../platform/time/formats';
import { lonePoints } from './lone-points';

/** One line of a chart. */
export interface ChartSeries {
  readonly label: string;
  readonly token: 'accent' | 'ok' | 'warn' | 'info';
  readonly values: readonly (number | null)[];
}

const HEIGHT = 132;
/** Narrowest span of time that is drawn, in seconds: two points must not fill the width. */
const MINIMUM_SPAN = 120;
/** Distances between the hours and minutes on the scale, in seconds. */
const WHOLE_MINUTES = [60, 120, 300, 600, 900, 1800, 3600];
const POWERS_OF_TWO = Array.from({ length: 50 }, (_, power) => 2 ** power);
const TOKENS = ['accent', 'ok', 'warn', 'info', 'subtle', 'line'] as const;

/** Which points are drawn though lines are: those that no line leads to. */
const lone = (chart: uPlot, index: number): number[] | null => lonePoints(chart.data[index] ?? []);

/** Lines over time, drawn on a canvas (uPlot, a chunk of its own). The latest values stand beside it in words. */
@Component({
  selector: 'app-vitals-chart',
  encapsulation: ViewEncapsulation.None,
  host: { role: 'img', '[attr.aria-label]': 'isEmpty() ? label() + ": " + none() : label()' },
  styleUrl: './vitals-chart.css',
  template: `<div #chart class="vitals-chart" [class.is-empty]="isEmpty()"></div>
    @if (isEmpty()) {
      <p class="vitals-none muted small">{{ none() }}</p>
    }`,
})
export class VitalsChart {
  readonly label = input.required<string>();
  /** Seconds since the epoch, oldest first. */
  readonly times = input.required<readonly number[]>();
  readonly series = input.required<readonly ChartSeries[]>();
  /** What is said in place of the lines while there is no value. */
  readonly none = input.required<string>();
  /** Top of the scale; null: as high as the values. */
  readonly maximum = input<number | null>(null);
  /** The top of the scale is not lower than this. */
  readonly least = input(1);
  /** Bytes: the scale is divided by powers of two. */
  readonly binary = input(false);
  readonly format = input.required<(value: number) => string>();

  protected readonly isEmpty = computed(() =>
    this.series().every(({ values }) => values.every((value) => value === null)),
  );

  private readonly document = inject(DOCUMENT);
  private readonly formats = inject(Formats);
  private readonly theme = inject(Theme);
  private readonly host = viewChild.required<ElementRef<HTMLElement>>('chart');
  private readonly library = signal<typeof uPlot | null>(null);
  private chart: uPlot | null = null;

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => void this.load(destroyed));
    effect(() => {
      // Colours are painted: another theme needs another drawing.
      this.theme.mode();
      const library = this.library();
      untracked(() => {
        if (library) this.draw(library);
      });
    });
    effect(() => {
      const data = this.data();
      if (this.library()) this.chart?.setData(data);
    });
    destroyed.onDestroy(() => this.chart?.destroy());
  }

  private async load(destroyed: DestroyRef): Promise<void> {
    const { default: library } = await import('uplot');
    if (destroyed.destroyed) return;
    const element = this.host().nativeElement;
    const observer = new ResizeObserver(() => {
      this.chart?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    destroyed.onDestroy(() => {
      observer.disconnect();
    });
    this.library.set(library);
  }

  private data(): uPlot.AlignedData {
    return [[...this.times()], ...this.series().map(({ values }) => [...values])];
  }

  private draw(library: typeof uPlot): void {
    this.chart?.destroy();
    const element = this.host().nativeElement;
    const color = resolveColors(this.document, TOKENS);
    const axis = {
      stroke: color.subtle,
      font: '11px Inter Variable, sans-serif',
      grid: { stroke: color.line, width: 1 },
      ticks: { show: false },
    };
    const [maximum, least] = [this.maximum(), this.least()];
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: (_chart, from, to) => [Math.min(from, to - MINIMUM_SPAN), to] },
        y: { range: (_chart, _low, high) => [0, maximum ?? Math.max(high * 1.15, least)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 80,
          incrs: WHOLE_MINUTES,
          grid: { show: false },
          values: (_chart, splits) => splits.map((at) => this.formats.clock(at * 1000)),
        },
        {
          ...axis,
          size: 56,
          space: 34,
          ...(this.binary() ? { incrs: POWERS_OF_TWO } : {}),
          values: (_chart, splits) => splits.map((value) => this.format()(value)),
        },
      ],
      series: [
        {},
        ...this.series().map(({ token }, index) => ({
          stroke: color[token],
          width: 1.5,
          points: { show: false, size: 5, fill: color[token], filter: lone },
          ...(index === 0 ? { fill: `${color[token]}22` } : {}),
        })),
      ],
    };
    this.chart = new library(options, this.data(), element);
  }
}
