/**
 * Version of the wire contract between manager and agent. It grows by one only when a change is not
 * additive; additive changes (a new method, a new optional field) are announced by
 * {@link Capability} names in `get_status` instead.
 */
export const PROTOCOL_VERSION = 1;

/**
 * Optional abilities an agent may announce in `get_status`. A manager must not use an ability that is
 * not announced. Names are never reused.
 */
export const CAPABILITIES = [
  'commands',
  'command_scripts',
  'command_users',
  'command_limits',
  'events',
  'files',
  'ansible',
] as const;

/** One name of {@link CAPABILITIES}. */
export type Capability = (typeof CAPABILITIES)[number];
