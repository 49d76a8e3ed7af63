import type { ExecuteCommandParams } from '@myx/protocol';
import type { CommandFiles } from './spool.ts';

/** What a command runs, once the files of its directory have their names. */
export interface CommandPlan {
  /** As `execute_command` would be asked for it. */
  readonly params: ExecuteCommandParams;
  /** Content of the command's file of variables, which goes when the command ends. */
  readonly variables?: string;
  /** Why it cannot run; undefined when nothing is known to be in its way. */
  readonly rejection?: string | undefined;
}

/** A command to be started, whatever method asks for it. */
export interface StartRequest {
  readonly commandId: string;
  /** Digest of what was asked for, to tell "the same again" from a conflict. */
  readonly digest: string;
  /** Decides what to run; asked only when the command is new. */
  readonly plan: (files: CommandFiles) => CommandPlan;
}
