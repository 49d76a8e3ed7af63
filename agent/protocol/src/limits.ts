/** Bounds both ends enforce. Sizes are bytes, times are milliseconds unless the name says otherwise. */
export const LIMITS = {
  /** Largest JSON-RPC request body. */
  requestBodyBytes: 1024 * 1024,
  /** Largest JSON-RPC response body a manager reads. */
  responseBodyBytes: 8 * 1024 * 1024,
  /** Deepest nesting of arrays and objects in a request. */
  jsonDepth: 32,
  /** Most output bytes (before base64) one `get_command_log` answers. */
  logReadBytes: 4 * 1024 * 1024,
  /** Longest long poll of `get_command_log`. */
  logWaitMs: 25_000,
  /** Kept per output stream by default: head plus tail. */
  streamBytes: 64 * 1024 * 1024,
  /** Kept from the start of a stream that outgrows its limit. */
  streamHeadBytes: 1024 * 1024,
  /** Largest standard input (before base64) of a command. */
  stdinBytes: 512 * 1024,
  /** Largest script body (before base64) of a command. */
  scriptBytes: 512 * 1024,
  /** Longest run time of a command, seconds. */
  commandTimeoutSeconds: 7 * 24 * 3600,
  /** How far a request's timestamp may be from the agent's clock, either way. */
  requestFreshnessMs: 120_000,
  /** A comment line is written on an idle event stream this often. */
  eventStreamIdleMs: 30_000,
} as const;
