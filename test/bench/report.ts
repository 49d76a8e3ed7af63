import { cpus, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';

/** One line of the table: what was measured, the figure, and how it compares. */
export interface BenchRow {
  readonly what: string;
  /** Figure with its unit. */
  readonly measured: string;
  /** Budget from the architecture page, or what it is compared with. */
  readonly budget: string;
  /** Ratio to the thing compared with, when there is one: ours is this many times better. */
  readonly ratio: string;
  readonly ok: boolean;
}

/** The machine in one line, without anything that names it. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, ${system ?? 'Linux'}, Node ${process.versions.node}`;
}

/** The rows as a Markdown table, those with a ratio first. */
export function renderTable(rows: readonly BenchRow[]): string {
  const sorted = [...rows].sort((a, b) => Number(a.ratio === '') - Number(b.ratio === ''));
  const lines = sorted.map(
    ({ what, measured, budget, ratio, ok }) =>
      `| ${what} | ${ratio} | ${measured} | ${budget} | ${ok ? 'yes' : 'no'} |`,
  );
  return [
    '| what | ratio | measured | compared with or budget | met |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** Milliseconds for people. */
export function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

/** How many times smaller `ours` is than `theirs`. */
export function timesFaster(theirs: number, ours: number): string {
  return `${(theirs / ours).toFixed(1)}x`;
}
