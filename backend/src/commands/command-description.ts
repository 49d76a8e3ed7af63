import type { Command } from './command.js';
import type { CommandDescription } from './commands.schema.js';

/** A command as the API shows it. Nothing hidden is in a {@link Command}, so nothing has to be left out. */
export function describeCommand(command: Command): CommandDescription {
  const { unreachableSince, unreachableCause } = command;
  return {
    id: command.id,
    server_id: command.serverId,
    run_id: command.runId,
    actor: { kind: command.actorKind, id: command.actorId, name: command.actorName },
    request: {
      ...command.request,
      args: [...command.request.args],
      env_names: [...command.request.env_names],
    },
    status: command.status,
    outcome: command.outcome,
    exit_code: command.exitCode,
    signal: command.signal,
    reason: command.reason,
    output_incomplete: command.outputIncomplete,
    stdout_bytes: command.stdoutBytes,
    stderr_bytes: command.stderrBytes,
    gaps: [...command.gaps],
    created_at: command.createdAt.toISOString(),
    started_at: command.startedAt?.toISOString() ?? null,
    finished_at: command.finishedAt?.toISOString() ?? null,
    unreachable:
      unreachableSince && unreachableCause
        ? { since: unreachableSince.toISOString(), ...unreachableCause }
        : null,
  };
}
