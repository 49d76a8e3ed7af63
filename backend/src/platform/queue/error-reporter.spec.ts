import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { ErrorReporter } from './error-reporter.js';

describe('ErrorReporter', () => {
  it('logs the first error at once and a flood twice a minute, with what was left out', () => {
    const lines: { queue: string; suppressed: number; err: { message: string } }[] = [];
    const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line) as never) });
    let now = 0;
    const reporter = new ErrorReporter(logger, () => now);

    for (; now < 60_000; now += 1_000) reporter.report('job', new Error(`at ${now}`));

    expect(lines.map(({ suppressed, err }) => [suppressed, err.message])).toEqual([
      [0, 'at 0'],
      [29, 'at 30000'],
    ]);
    expect(lines[0]?.queue).toBe('job');
  });
});
