import { z } from 'zod';

import { Secret } from '../crypto/secret.js';

const MEBIBYTE = 1024 * 1024;

/** A whole number within bounds, with its default. */
function count(bounds: { min: number; max: number; default: number }, description: string) {
  return z
    .number()
    .int()
    .min(bounds.min)
    .max(bounds.max)
    .default(bounds.default)
    .describe(description);
}

/**
 * A secret text. It is accepted from the environment, from a file named by `<ENV NAME>_FILE` and from
 * the YAML file, never from the command line, where every user of the machine could read it.
 */
function secretText(check: z.ZodString, description: string) {
  return check
    .transform((value) => new Secret(value))
    .optional()
    .describe(description)
    .meta({ secret: true });
}

/** Where the manager listens, and with which certificate. */
export const ListenConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  port: count(
    { min: 0, max: 65_535, default: 8080 },
    'TCP port to listen on; 0 takes any free one',
  ),
  tls: z
    .strictObject({
      cert_file: z.string().min(1).describe('PEM file with the certificate chain; turns HTTPS on'),
      key_file: z.string().min(1).describe('PEM file with the private key of the certificate'),
    })
    .optional(),
});
export type ListenConfig = z.infer<typeof ListenConfig>;

/** The PostgreSQL to use; without a URL the manager starts its own one inside the data directory. */
export const DatabaseConfig = z.strictObject({
  url: secretText(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, { error: 'must start with postgres:// or postgresql://' }),
    'PostgreSQL to use; unset: the embedded one in the data directory',
  ),
  pool_size: count({ min: 2, max: 500, default: 20 }, 'Connections kept for requests and workers'),
});
export type DatabaseConfig = z.infer<typeof DatabaseConfig>;

/** The Redis for the job queue; without a URL the queue lives in PostgreSQL. */
export const RedisConfig = z.strictObject({
  url: secretText(
    z
      .string()
      .regex(/^(rediss?|unix):\/\//, { error: 'must start with redis://, rediss:// or unix://' }),
    'Redis for the job queue; unset: the queue lives in PostgreSQL',
  ),
});
export type RedisConfig = z.infer<typeof RedisConfig>;

/** What is logged to standard output. */
export const LogConfig = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe level that is logged'),
  format: z
    .enum(['json', 'pretty'])
    .default('json')
    .describe('json for machines, pretty for a terminal'),
});
export type LogConfig = z.infer<typeof LogConfig>;

/** How often servers are asked for their health, and what follows when they do not answer. */
export const HeartbeatConfig = z
  .strictObject({
    min_interval_seconds: count(
      { min: 1, max: 3600, default: 20 },
      'Shortest pause between two heartbeats of a server',
    ),
    max_interval_seconds: count(
      { min: 1, max: 3600, default: 60 },
      'Longest pause between two heartbeats of a server',
    ),
    concurrency: count({ min: 1, max: 1000, default: 50 }, 'Heartbeats in flight at the same time'),
    timeout_seconds: count({ min: 1, max: 300, default: 10 }, 'Deadline of one heartbeat attempt'),
    auto_repair: z
      .boolean()
      .default(false)
      .describe('Repair an unreachable agent over SSH without being asked'),
    auto_repair_per_hour: count(
      { min: 1, max: 60, default: 1 },
      'Automatic repairs of one server in an hour, at most',
    ),
  })
  .refine((heartbeat) => heartbeat.min_interval_seconds <= heartbeat.max_interval_seconds, {
    path: ['min_interval_seconds'],
    error: 'must not be greater than heartbeat.max_interval_seconds',
  });
export type HeartbeatConfig = z.infer<typeof HeartbeatConfig>;

/** Deadlines and retries of calls to agents. */
export const RpcConfig = z.strictObject({
  timeout_seconds: count(
    { min: 1, max: 300, default: 30 },
    'Deadline of one attempt of a call to an agent',
  ),
  retries: count({ min: 0, max: 10, default: 3 }, 'Retries after a failed attempt'),
  retry_base_seconds: count(
    { min: 1, max: 60, default: 1 },
    'Pause before the first retry; doubled for each further one',
  ),
});
export type RpcConfig = z.infer<typeof RpcConfig>;

/** Limits of commands. */
export const CommandsConfig = z
  .strictObject({
    max_concurrent: count(
      { min: 1, max: 10_000, default: 200 },
      'Commands running at the same time on all servers',
    ),
    max_concurrent_per_server: count(
      { min: 1, max: 1000, default: 10 },
      'Commands running at the same time on one server',
    ),
    default_timeout_seconds: count(
      { min: 1, max: 604_800, default: 3600 },
      'Timeout of a command that names none',
    ),
    output_limit_bytes: count(
      { min: MEBIBYTE, max: 1024 * MEBIBYTE, default: 64 * MEBIBYTE },
      'Output kept per stream of a command; beyond it the middle is dropped and the gap declared',
    ),
    retention_days: count(
      { min: 1, max: 3650, default: 30 },
      'Days that finished commands and their output are kept',
    ),
  })
  .refine((commands) => commands.max_concurrent_per_server <= commands.max_concurrent, {
    path: ['max_concurrent_per_server'],
    error: 'must not be greater than commands.max_concurrent',
  });
export type CommandsConfig = z.infer<typeof CommandsConfig>;

/** Limits of the installation of an agent. */
export const InstallConfig = z.strictObject({
  rpc_timeout_seconds: count(
    { min: 10, max: 120, default: 120 },
    'How long a new agent may take to answer',
  ),
});
export type InstallConfig = z.infer<typeof InstallConfig>;

/** Workers of long operations. */
export const OperationsConfig = z.strictObject({
  concurrency: count({ min: 1, max: 200, default: 8 }, 'Operations worked on at the same time'),
  lease_seconds: count(
    { min: 5, max: 600, default: 30 },
    'After how long without renewal another worker takes over',
  ),
});
export type OperationsConfig = z.infer<typeof OperationsConfig>;

/** Services on servers. */
export const DeploymentsConfig = z.strictObject({
  drift_check_minutes: count(
    { min: 0, max: 10_080, default: 30 },
    'About how often a deployed service is compared with its server; 0: only when asked',
  ),
});
export type DeploymentsConfig = z.infer<typeof DeploymentsConfig>;

/** Lifetimes of browser sessions. */
export const SessionConfig = z
  .strictObject({
    absolute_hours: count(
      { min: 1, max: 720, default: 12 },
      'Hours after which a session ends whatever happens',
    ),
    idle_minutes: count(
      { min: 1, max: 43_200, default: 30 },
      'Minutes without a request after which a session ends',
    ),
  })
  .refine((session) => session.idle_minutes <= session.absolute_hours * 60, {
    path: ['idle_minutes'],
    error: 'must not be longer than session.absolute_hours',
  });
export type SessionConfig = z.infer<typeof SessionConfig>;

/** Secrets that an operator keeps elsewhere than in the data directory. */
export const SecretsConfig = z.strictObject({
  master_key: secretText(
    z.string().regex(/^([0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/, {
      error: 'must be 32 bytes as base64 or hexadecimal',
    }),
    'Encryption key, 32 bytes as base64 or hexadecimal; unset: generated into the data directory at first start',
  ),
});
export type SecretsConfig = z.infer<typeof SecretsConfig>;

/** Where Xray comes from, and how often its counters are read. */
export const XraySourceConfig = z.strictObject({
  mirror_url: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe(
      'Where release archives are fetched, laid out as on GitHub (v<version>/<file>); unset: from GitHub',
    ),
  releases_file: z
    .string()
    .min(1)
    .optional()
    .describe('JSON file with further pinned releases, in the format of xray-releases.json'),
  counters_interval_seconds: count(
    { min: 5, max: 3600, default: 60 },
    'Pause between two readings of the traffic counters of an Xray',
  ),
});
export type XraySourceConfig = z.infer<typeof XraySourceConfig>;

/** Everything that can be configured about the manager. Parsed once, at start, by `loadConfig`. */
export const ManagerConfig = z.strictObject({
  data_dir: z
    .string()
    .min(1)
    .default('./data')
    .describe('Directory of everything the manager stores on disk'),
  public_url: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe('Address under which browsers reach the manager, where it differs from listen.*'),
  trusted_proxies: z
    .array(
      z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
        error: 'must be IP addresses or CIDR ranges',
      }),
    )
    .default([])
    .describe('Reverse proxies whose X-Forwarded-* headers are believed'),
  listen: ListenConfig.prefault({}),
  database: DatabaseConfig.prefault({}),
  redis: RedisConfig.prefault({}),
  log: LogConfig.prefault({}),
  heartbeat: HeartbeatConfig.prefault({}),
  rpc: RpcConfig.prefault({}),
  commands: CommandsConfig.prefault({}),
  install: InstallConfig.prefault({}),
  operations: OperationsConfig.prefault({}),
  deployments: DeploymentsConfig.prefault({}),
  session: SessionConfig.prefault({}),
  secrets: SecretsConfig.prefault({}),
  xray: XraySourceConfig.prefault({}),
});
export type ManagerConfig = z.infer<typeof ManagerConfig>;
