import type { Run } from '../platform/api/generated/models/run';
import type { Command } from '../platform/api/generated/models/command';
import { commandStatus } from './command-feed';
import type { CommandStatus } from '../ui/status';

/** How the commands of a run stand. */
export interface RunCounts {
  readonly total: number;
  readonly ended: number;
  readonly succeeded: number;
  /** Ended in any other way than success or cancelling. */
  readonly failed: number;
  readonly cancelled: number;
}

/** The counts the manager gives with a run. */
export function countsOfRun({ commands, by_outcome: outcomes }: Run): RunCounts {
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const { succeeded = 0, cancelled = 0 } = outcomes;
  return { total: commands, ended, succeeded, failed: ended - succeeded - cancelled, cancelled };
}

/** The counts of the commands themselves. */
export function countsOfCommands(commands: readonly Command[]): RunCounts {
  const count = (accepts: (status: CommandStatus) => boolean): number =>
    commands.filter((command) => accepts(commandStatus(command))).length;
  const succeeded = count((status) => status === 'succeeded');
  const cancelled = count((status) => status === 'cancelled');
  const open = count((status) => status === 'queued' || status === 'running');
  const ended = commands.length - open;
  return {
    total: commands.length,
    ended,
    succeeded,
    cancelled,
    failed: ended - succeeded - cancelled,
  };
}
