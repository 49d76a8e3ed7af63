import { describe, expect, it } from '@jest/globals';
import type { ServerStatus } from '../ui/status';
import { uptimeSpans } from './uptime-spans';

/** Transitions at these seconds, newest first, as the manager answers them. */
function history(...points: readonly (readonly [number, ServerStatus])[]) {
  return points
    .map(([second, to]) => ({ to, at: new Date(second * 1000).toISOString() }))
    .toReversed();
}

describe('uptimeSpans', () => {
  it('knows nothing without a history', () => {
    expect(uptimeSpans([], 0, 4000, 4)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('carries on with what held before the window', () => {
    expect(uptimeSpans(history([-100, 'online']), 0, 4000, 4)).toEqual(['up', 'up', 'up', 'up']);
  });

  it('is unknown before the first status', () => {
    expect(uptimeSpans(history([2, 'online']), 0, 4000, 4)).toEqual([
      'unknown',
      'unknown',
      'up',
      'up',
    ]);
  });

  it('shows the worst of a span, however short', () => {
    const spans = uptimeSpans(
      history([-1, 'online'], [1.5, 'offline'], [1.6, 'online']),
      0,
      4000,
      4,
    );

    expect(spans).toEqual(['up', 'down', 'up', 'up']);
  });

  it('ends a status where the next begins', () => {
    const spans = uptimeSpans(
      history([0, 'online'], [2, 'degraded'], [3, 'installing']),
      0,
      4000,
      4,
    );

    expect(spans).toEqual(['up', 'up', 'degraded', 'unknown']);
  });
});
