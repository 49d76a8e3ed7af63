import type { CommandRequest } from '../platform/api/generated/models/command-request';
import type { Translate } from '../platform/i18n/i18n';
import { formatCommandLine } from './command-line';

/** What was run, on one line: the vector, or that it was a script. */
export function commandText(request: CommandRequest, t: Translate): string {
  return request.script_bytes === null
    ? formatCommandLine([request.command, ...request.args])
    : t('run.scriptOf', { interpreter: interpreterOf(request) });
}

/** The interpreter of a script, without its directory. */
export function interpreterOf({ command }: CommandRequest): string {
  return command.slice(command.lastIndexOf('/') + 1);
}
