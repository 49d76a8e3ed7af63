import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Name of a metric: `myx_` and what it counts, with its unit at the end (prometheus.io/docs/practices/naming). */
export type MetricName = `myx_${string}`;

/** Upper bounds in seconds that tell apart a call on a LAN, a slow one and a timed out one. */
const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
];

/** What all kinds of metric are described by. */
export interface MetricDescription<Label extends string> {
  readonly name: MetricName;
  readonly help: string;
  /** Few values each: every combination is a series of its own. Never an id, an address or a person. */
  readonly labels?: readonly Label[];
}

/**
 * The manager's metrics for Prometheus: its own, and those of the Node process. Label names are checked
 * by the compiler.
 */
export class Metrics {
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** A number that only grows; the name ends in `_total`. */
  counter<Label extends string = never>(
    description: MetricDescription<Label> & { readonly name: `myx_${string}_total` },
  ): Counter<Label> {
    return new Counter<Label>(this.#configure(description));
  }

  /** How long something takes; the name ends in `_seconds`. */
  duration<Label extends string = never>(
    description: MetricDescription<Label> & { readonly name: `myx_${string}_seconds` },
  ): Histogram<Label> {
    return new Histogram<Label>({ ...this.#configure(description), buckets: SECONDS });
  }

  /** A number that goes up and down. With `collect`, it is read when somebody asks. */
  gauge<Label extends string = never>(
    description: MetricDescription<Label>,
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge<Label>({
      ...this.#configure(description),
      ...(collect === undefined ? {} : { collect: () => collect(gauge) }),
    });
    return gauge;
  }

  /** Everything in Prometheus' text format. */
  async render(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #configure<Label extends string>({ name, help, labels = [] }: MetricDescription<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}
