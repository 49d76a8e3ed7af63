import type { CommandOutcome, LogType } from '@myx/protocol';
import type { StatusCause } from '../servers/index.js';
import type { VisibleRequest } from './command-request.js';

/** Where a command is on its way. */
export const COMMAND_STATUSES = [
  'queued',
  'starting',
  'running',
  'cancelling',
  'finished',
] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** Bytes of a stream that were produced but are not kept: `from` inclusive, `to` exclusive. */
export interface Gap {
  readonly stream: LogType;
  readonly from: number;
  readonly to: number;
}

/** One execution of one program or script on one server. */
export interface Command {
  readonly id: string;
  readonly serverId: string;
  readonly runId: string | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly request: VisibleRequest;
  readonly inputId: string | null;
  readonly status: CommandStatus;
  readonly outcome: CommandOutcome | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly reason: string | null;
  readonly outputIncomplete: boolean;
  /** How much of each stream is stored, gaps included; the next offset to collect. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly gaps: readonly Gap[];
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Since when the agent that holds the command cannot be reached, and why. */
  readonly unreachableSince: Date | null;
  readonly unreachableCause: StatusCause | null;
  readonly cancelGraceMs: number | null;
}

/** A command that this process works on: nobody else may write it while the lease lasts. */
export interface LeasedCommand extends Command {
  /** Grows with every take-over; writes of an earlier holder are refused. */
  readonly epoch: number;
  /** Id of the agent's state directory when the command was first sent. */
  readonly agentEpoch: string | null;
}

/** Where each stream of a command is stored up to. */
export function storedOffsets(command: Command): { stdout: number; stderr: number } {
  return { stdout: command.stdoutBytes, stderr: command.stderrBytes };
}
