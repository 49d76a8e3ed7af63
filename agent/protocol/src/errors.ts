/**
 * Error codes of the wire. The first five are JSON-RPC 2.0 (section 5.1); the rest are the agent's own,
 * from the range the specification leaves to implementations. Retired codes are never reused.
 */
export const RPC_ERRORS = {
  parse_error: -32700,
  invalid_request: -32600,
  method_not_found: -32601,
  invalid_params: -32602,
  internal_error: -32603,
  /** The id is known with another request. */
  command_conflict: -32001,
  /** The id is not in the spool and never was. */
  command_not_found: -32002,
  /** The id was acknowledged and dropped. */
  command_forgotten: -32003,
  /** The command still runs. */
  command_running: -32004,
  /** The agent runs as many commands as it accepts. */
  too_many_commands: -32005,
  /** The state directory has no room: nothing was started. */
  no_space: -32006,
  /** The service manager did not start the command: nothing ran. */
  start_failed: -32007,
} as const;

/** Name of an error of {@link RPC_ERRORS}. */
export type RpcErrorName = keyof typeof RPC_ERRORS;

/** Name of a wire error code, or undefined for a code this version does not know. */
export function rpcErrorName(code: number): RpcErrorName | undefined {
  for (const [name, value] of Object.entries(RPC_ERRORS)) {
    if (value === code) return name as RpcErrorName;
  }
  return undefined;
}
