/** Columns of a `Command`, for SELECT and RETURNING; the table is called `commands`. */
export const COMMAND_COLUMNS = `
  commands.id, commands.server_id AS "serverId", commands.run_id AS "runId",
  commands.actor_kind AS "actorKind", commands.actor_id AS "actorId",
  commands.actor_name AS "actorName", commands.request, commands.input_id AS "inputId",
  commands.status, commands.outcome, commands.exit_code AS "exitCode", commands.signal,
  commands.reason, commands.output_incomplete AS "outputIncomplete",
  commands.stdout_bytes::float8 AS "stdoutBytes", commands.stderr_bytes::float8 AS "stderrBytes",
  commands.gaps, commands.created_at AS "createdAt", commands.started_at AS "startedAt",
  commands.finished_at AS "finishedAt", commands.unreachable_since AS "unreachableSince",
  commands.unreachable_cause AS "unreachableCause", commands.cancel_grace_ms AS "cancelGraceMs"`;

/** Columns of a `LeasedCommand`. */
export const LEASED_COLUMNS = `${COMMAND_COLUMNS},
  commands.epoch, commands.agent_epoch AS "agentEpoch"`;
