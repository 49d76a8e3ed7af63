import type { CommandRequest } from './command-request.js';
import type { CreateCommand } from './commands.schema.js';

/** Splits a request of the API into what may be shown and what may hold secrets. */
export function requestFrom(body: CreateCommand, defaultTimeoutSeconds: number): CommandRequest {
  const { script, env = {}, stdin } = body;
  const input = stdin === undefined ? null : Buffer.from(stdin, body.stdin_encoding);
  return {
    visible: {
      command: script?.interpreter ?? body.command ?? '',
      args: body.args,
      timeout_seconds: body.timeout_seconds ?? defaultTimeoutSeconds,
      cwd: body.cwd ?? null,
      user: body.user ?? null,
      env_names: Object.keys(env).sort(),
      stdin_bytes: input?.length ?? 0,
      script_bytes: script ? Buffer.byteLength(script.body) : null,
      limits: body.limits ?? null,
    },
    hidden: { env, stdin: input?.toString('base64') ?? null },
    script: script?.body ?? null,
  };
}
