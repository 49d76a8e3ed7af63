import { describe, expect, it } from '@jest/globals';
import type { PlaybookOutcome } from '../deployment-tool/index.js';
import { deploymentFailure } from './deployment-failure.js';

function outcome(...messages: readonly string[]): PlaybookOutcome {
  return {
    outcome: 'failed',
    exitCode: 2,
    recap: [],
    failures: messages.map((message, index) => ({ task: `task ${String(index)}`, message })),
    reason: null,
  };
}

describe('a deploy playbook that failed', () => {
  it('is told by its last word, with the stage as the layer', () => {
    const failure = deploymentFailure('x', outcome('rc 1', '[ready] no answer\nJournal: died'));

    expect(failure).toMatchObject({ layer: 'ready', code: 'ready_failed' });
    expect(failure.message).toBe('no answer\nJournal: died');
  });

  it('is told by its first failure when it did not come to a last word', () => {
    const failure = deploymentFailure('x', outcome('rc 1', 'rc 2'));

    expect(failure).toMatchObject({ layer: 'ansible', code: 'playbook_failed' });
    expect(failure.message).toContain('task 0: rc 1');
  });
});
