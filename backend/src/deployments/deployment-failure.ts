import type { PlaybookOutcome } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';

/** Longest message that is kept, characters. */
const MESSAGE_LIMIT = 4000;

/**
 * A deploy playbook that failed, by its last word: `[stage] reason`. What could not be put back has the
 * stage `restore`.
 */
export function deploymentFailure(kind: string, outcome: PlaybookOutcome): StepFailure {
  const last = outcome.failures.findLast(({ message }) => /^\[[a-z_]+\] /.test(message));
  if (last) {
    const stage = /^\[([a-z_]+)\] /.exec(last.message)?.[1] ?? 'deploy';
    const reason = last.message.slice(stage.length + 3).slice(0, MESSAGE_LIMIT);
    return new StepFailure(stage, `${stage}_failed`, reason);
  }
  const [first] = outcome.failures;
  const reason = first ? `${first.task}: ${first.message}` : outcome.reason;
  return new StepFailure(
    'ansible',
    `playbook_${outcome.outcome}`,
    `The playbook for ${kind} ${ENDINGS[outcome.outcome]}: ${(reason ?? 'it gave no reason').slice(0, MESSAGE_LIMIT)}`,
  );
}

const ENDINGS: Readonly<Record<PlaybookOutcome['outcome'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'took longer than it may',
  cancelled: 'was cancelled on the server',
  rejected: 'could not be started',
  lost: 'was interrupted',
};
