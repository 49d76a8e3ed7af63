import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CommandOutcome } from '@myx/protocol';
import type { Ending } from './ending.ts';
import { decide } from './outcome.ts';

const exited: Ending = {
  result: 'success',
  wasExecuted: true,
  exitStatus: 0,
  signal: null,
  startedAt: 1,
  exitedAt: 2,
};
const killed: Ending = { ...exited, result: 'signal', exitStatus: null, signal: 'SIGTERM' };
const quiet = { isCancelled: false, isRebooted: false };

describe('decide', () => {
  it.each<[string, Parameters<typeof decide>[0], string]>([
    ['status 0', { ending: exited, ...quiet }, 'succeeded'],
    ['status 7', { ending: { ...exited, exitStatus: 7, result: 'exit-code' }, ...quiet }, 'failed'],
    [
      'status 203 of a program that ran',
      { ending: { ...exited, exitStatus: 203 }, ...quiet },
      'failed',
    ],
    ['a signal', { ending: killed, ...quiet }, 'failed'],
    ['the timeout', { ending: { ...killed, result: 'timeout' }, ...quiet }, 'timed_out'],
    ['a cancel', { ending: killed, ...quiet, isCancelled: true }, 'cancelled'],
    [
      'a cancel of which nothing is known',
      { ending: undefined, ...quiet, isCancelled: true },
      'cancelled',
    ],
    [
      'a program that cannot be executed',
      { ending: { ...exited, wasExecuted: false, exitStatus: 203 }, ...quiet },
      'rejected',
    ],
    ['a unit nobody knows', { ending: undefined, ...quiet }, 'lost'],
    ['a reboot', { ending: undefined, isCancelled: false, isRebooted: true }, 'lost'],
    ['a shutdown that ended it', { ending: killed, isCancelled: false, isRebooted: true }, 'lost'],
    [
      'an end before the reboot',
      { ending: exited, isCancelled: false, isRebooted: true },
      'succeeded',
    ],
  ])('%s', (_name, evidence, expected) => {
    expect(decide(evidence).outcome).toBe(expected);
  });

  it('tells that memory ran out', () => {
    const ending = { ...killed, result: 'oom-kill', signal: 'SIGKILL' };

    const verdict = decide({ ending, ...quiet });

    expect(verdict).toMatchObject({ outcome: 'failed', signal: 'SIGKILL' });
    expect(verdict.reason).toContain('memory');
  });

  it('never says rejected of a program that was executed, nor succeeded without status 0', () => {
    const endings = fc.option(
      fc.record<Ending>({
        result: fc.constantFrom(
          'success',
          'exit-code',
          'signal',
          'timeout',
          'oom-kill',
          'resources',
        ),
        wasExecuted: fc.boolean(),
        exitStatus: fc.option(fc.integer({ min: 0, max: 255 })),
        signal: fc.option(fc.constantFrom('SIGTERM', 'SIGKILL')),
        startedAt: fc.constant(null),
        exitedAt: fc.constant(null),
      }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(endings, fc.boolean(), fc.boolean(), (ending, isCancelled, isRebooted) => {
        const verdict = decide({ ending, isCancelled, isRebooted });

        expect(CommandOutcome.options).toContain(verdict.outcome);
        if (verdict.outcome === 'rejected') expect(ending?.wasExecuted).toBe(false);
        if (verdict.outcome === 'succeeded') expect(ending?.exitStatus).toBe(0);
      }),
    );
  });
});
