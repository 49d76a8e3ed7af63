import { getStatus, Vitals } from '@myx/protocol';
import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import type { ServerTransition, Server } from './server.entity.js';
import { CAUSE_LAYERS, SERVER_CONNECTIONS, SERVER_STATUSES } from './server.entity.js';
import type { LoginDescription } from './server-logins.js';
import type { ListedServer } from './servers.repository.js';
import { Host, HostKeyFingerprint, Port, SshLoginChanges } from './ssh-login.schema.js';

/** Path of one server. */
export const ServerPath = z.object({ id: z.uuid() });
export type ServerPath = z.infer<typeof ServerPath>;

/** Name of a server. */
export const ServerName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9_.:][A-Za-z0-9._:-]*$/, {
    error: 'must be letters, digits and . _ : - and not start with -',
  });

const LabelKey = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, {
  error: 'must be 1-63 letters, digits and . _ / - and start with a letter or digit',
});
const LabelValue = z
  .string()
  .max(128)
  .regex(/^[^\p{C}]*$/u, { error: 'must have no control characters' });

/** Free labels of a server. */
export const Labels = z
  .record(LabelKey, LabelValue)
  .refine((labels) => Object.keys(labels).length <= 32, { error: 'must be at most 32 labels' });

const LabelFilter = z
  .string()
  .regex(/^[^=]{1,63}=[^=]{0,128}$/, { error: 'must look like key=value' });

/** Filters of the list; `label=key=value` may be repeated, all must hold. */
export const ServerQuery = z.strictObject({
  ...pageFields,
  search: z.string().min(1).max(100).optional(),
  label: z.union([LabelFilter, z.array(LabelFilter).max(16)]).optional(),
  status: z
    .union([z.enum(SERVER_STATUSES), z.array(z.enum(SERVER_STATUSES)).max(SERVER_STATUSES.length)])
    .optional(),
});
export type ServerQuery = z.infer<typeof ServerQuery>;

/** A page of a server's history. */
export const TransitionQuery = z.strictObject(pageFields);
export type TransitionQuery = z.infer<typeof TransitionQuery>;

/** Changes of a server; what is left out stays. */
export const UpdateServer = z
  .strictObject({
    name: ServerName.optional(),
    host: Host.optional(),
    labels: Labels.optional(),
    ssh: SshLoginChanges.optional(),
    heartbeat: z
      .strictObject({
        min_interval_seconds: z.int().min(1).max(3600),
        max_interval_seconds: z.int().min(1).max(3600),
      })
      .refine(({ min_interval_seconds: min, max_interval_seconds: max }) => min <= max, {
        path: ['min_interval_seconds'],
        error: 'must not be greater than max_interval_seconds',
      })
      .nullable()
      .optional()
      .describe('null: as configured for all servers'),
  })
  .meta({ id: 'UpdateServer' });
export type UpdateServer = z.infer<typeof UpdateServer>;

/** Why a server is not simply online. */
export const StatusCauseView = z
  .object({ layer: z.enum(CAUSE_LAYERS), code: z.string(), message: z.string() })
  .meta({ id: 'StatusCause' });

const summaryFields = {
  id: z.uuid(),
  name: z.string(),
  host: z.string(),
  labels: z.record(z.string(), z.string()),
  connection: z.enum(SERVER_CONNECTIONS),
  status: z.enum(SERVER_STATUSES),
  status_cause: StatusCauseView.nullable(),
  status_since: z.iso.datetime(),
  os: z.string().nullable().describe('Name of the operating system, once the agent has told it'),
  arch: z.string().nullable(),
  agent_version: z.string().nullable(),
  last_heartbeat_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

/** A server as lists show it. */
export const ServerSummary = z.object(summaryFields).meta({ id: 'ServerSummary' });
export type ServerSummary = z.infer<typeof ServerSummary>;

const HostKeyView = z
  .object({ algorithm: z.string().nullable(), fingerprint: HostKeyFingerprint })
  .meta({ id: 'HostKey' });

const SshLoginView = z
  .object({
    port: Port,
    username: z.string(),
    auth_type: z.string(),
    has_passphrase: z.boolean(),
    has_sudo_password: z.boolean(),
    host_key: HostKeyView.nullable().describe('null: the first key seen will be accepted'),
    jump_host: z
      .object({
        host: z.string(),
        port: Port,
        username: z.string(),
        auth_type: z.string(),
        has_passphrase: z.boolean(),
        host_key_fingerprint: HostKeyFingerprint.nullable(),
      })
      .nullable(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'SshLoginDescription' });

/** A server as it is shown by itself. No secrets. */
export const ServerDetails = z
  .object({
    ...summaryFields,
    machine_id: z.string().nullable(),
    facts: getStatus.result.shape.server.nullable(),
    vitals: Vitals.nullable(),
    ssh: SshLoginView.nullable(),
    heartbeat: z
      .object({ min_interval_seconds: z.int(), max_interval_seconds: z.int() })
      .nullable()
      .describe('null: as configured for all servers'),
  })
  .meta({ id: 'ServerDetails' });
export type ServerDetails = z.infer<typeof ServerDetails>;

/** A page of servers. */
export const ServerPage = pageOf(ServerSummary).meta({ id: 'ServerPage' });
export type ServerPage = z.infer<typeof ServerPage>;

const TransitionView = z
  .object({
    id: z.uuid(),
    from: z.enum(SERVER_STATUSES).nullable(),
    to: z.enum(SERVER_STATUSES),
    cause: StatusCauseView.nullable(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'ServerTransition' });

/** A page of a server's history. */
export const TransitionPage = pageOf(TransitionView).meta({ id: 'ServerTransitionPage' });
export type TransitionPage = z.infer<typeof TransitionPage>;

/** A server as lists show it. */
export function serverSummaryOf(server: ListedServer): ServerSummary {
  return {
    id: server.id,
    name: server.name,
    host: server.host,
    labels: server.labels,
    connection: server.connection,
    status: server.status,
    status_cause: server.statusCause,
    status_since: server.statusSince.toISOString(),
    os: server.osName,
    arch: server.arch,
    agent_version: server.agentVersion,
    last_heartbeat_at: server.lastHeartbeatAt?.toISOString() ?? null,
    created_at: server.createdAt.toISOString(),
    updated_at: server.updatedAt.toISOString(),
  };
}

/** A server as it is shown by itself. */
export function serverDetailsOf(server: Server, login: LoginDescription | null): ServerDetails {
  const { heartbeatMinSeconds: min, heartbeatMaxSeconds: max } = server;
  const { facts } = server;
  const listed = Object.assign(server, {
    osName: facts?.os.pretty_name ?? null,
    arch: facts?.arch ?? null,
  });
  return {
    ...serverSummaryOf(listed),
    machine_id: server.machineId,
    facts: server.facts,
    vitals: server.vitals,
    ssh: login && sshOf(server, login),
    heartbeat:
      min === null || max === null
        ? null
        : { min_interval_seconds: min, max_interval_seconds: max },
  };
}

/** One transition as it is shown. */
export function transitionOf(transition: ServerTransition): z.infer<typeof TransitionView> {
  const { id, fromStatus: from, toStatus: to, cause, at } = transition;
  return { id, from, to, cause, at: at.toISOString() };
}

/** `key=value` filters as labels. */
export function labelsOf(filter: ServerQuery['label']): Record<string, string> {
  const filters = typeof filter === 'string' ? [filter] : (filter ?? []);
  return Object.fromEntries(
    filters.map((text) => {
      const [key = '', value = ''] = text.split('=', 2);
      return [key, value];
    }),
  );
}

function sshOf(server: Server, { login, jumpHost }: LoginDescription): ServerDetails['ssh'] {
  const { hostKeyAlgorithm: algorithm, hostKeyFingerprint: fingerprint } = server;
  return {
    port: server.sshPort ?? 22,
    username: login.username,
    auth_type: login.auth_type,
    has_passphrase: login.has_passphrase,
    has_sudo_password: login.has_sudo_password,
    host_key: fingerprint === null ? null : { algorithm, fingerprint },
    jump_host: server.jumpHost &&
      jumpHost && {
        host: server.jumpHost.host,
        port: server.jumpHost.port,
        username: jumpHost.username,
        auth_type: jumpHost.auth_type,
        has_passphrase: jumpHost.has_passphrase,
        host_key_fingerprint: server.jumpHost.host_key_fingerprint,
      },
    updated_at: login.updated_at.toISOString(),
  };
}
