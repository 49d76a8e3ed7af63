import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import {
  base64Bytes,
  HostName,
  madeWhenMissing,
  parseHostPort,
  XrayInbound,
} from './xray-inbound.schema.js';
import { newPassword, newShadowsocksKey, newShortId } from './xray-keys.js';

/** Version of Xray as its releases are named, without the leading v. */
export const XrayVersion = z
  .string()
  .regex(/^\d{1,3}\.\d{1,2}\.\d{1,2}$/, { error: 'must look like 26.3.27' });

/** The version that is deployed when nobody names one; docs/xray.md says why this one. */
export const DEFAULT_XRAY_VERSION = '26.3.27';

/** How Xray runs on the server. */
export const XRAY_RUNTIMES = ['native', 'docker'] as const;

/** Severities of Xray's log. */
export const XRAY_LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'none'] as const;

/** What a client proves itself with, on every protocol. */
const credentials = {
  uuid: madeWhenMissing(z.uuid().toLowerCase(), randomUUID).describe('VLESS and VMess'),
  password: madeWhenMissing(
    z.string().regex(/^[\x21-\x7e]{8,128}$/, { error: 'must be 8-128 printable characters' }),
    newPassword,
  ).describe('Trojan'),
  ss_key: madeWhenMissing(base64Bytes(32), newShadowsocksKey).describe('Shadowsocks 2022'),
};

/** Somebody, or some device, that may connect. Its id is its name in the traffic counters. */
export const XrayClient = z.strictObject({
  id: madeWhenMissing(z.uuid().toLowerCase(), randomUUID),
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .regex(/^[^\p{C}]*$/u, { error: 'must have no control characters' }),
  enabled: z.boolean().default(true),
  ...credentials,
  created_at: madeWhenMissing(z.iso.datetime(), () => new Date().toISOString()),
});
export type XrayClient = z.output<typeof XrayClient>;

/**
 * The client by which a deployment proves itself. Whatever it asks for, Xray sends it to one port of
 * the server's own loopback address: its credentials open nothing else.
 */
export const XrayCanary = z.strictObject({
  ...credentials,
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(10_086)
    .describe('Where the page for the proof is served'),
});
export type XrayCanary = z.output<typeof XrayCanary>;

/** What clients may reach. */
export const XrayRouting = z.strictObject({
  block_private: z
    .boolean()
    .default(true)
    .describe("Keep clients from the server's own and other private addresses"),
  block_bittorrent: z.boolean().default(true),
});

/** Xray's own JSON, for what MyX has no fields for. Xray's test judges it before anything is replaced. */
export const XrayCustom = z.strictObject({
  outbounds: jsonObjects().describe('Further outbounds, as a JSON list; their tags are free'),
  rules: jsonObjects().describe('Further routing rules, as a JSON list, after those of MyX'),
});

/** Per-client traffic counters. */
export const XrayStats = z.strictObject({ enabled: z.boolean().default(true) });

const XrayConfigFields = z.strictObject({
  version: XrayVersion.default(DEFAULT_XRAY_VERSION),
  source: z
    .enum(['manager', 'host'])
    .default('manager')
    .describe('Who downloads the release: the manager, which uploads it, or the server itself'),
  runtime: z
    .enum(XRAY_RUNTIMES)
    .default('native')
    .describe('A unit of its own, or a container where the server has a Docker engine'),
  memory_max_mb: z
    .int()
    .min(64)
    .max(65_536)
    .default(1024)
    .describe('Xray is restarted when it takes more memory than this'),
  address: HostName.describe('What clients dial: written into share links'),
  log_level: z.enum(XRAY_LOG_LEVELS).default('warning'),
  access_log: z.boolean().default(false).describe('Log every connection of every client'),
  inbounds: z.array(XrayInbound).min(1).max(16),
  clients: z.array(XrayClient).max(1000).default([]),
  routing: XrayRouting.prefault({}),
  custom: XrayCustom.prefault({}),
  stats: XrayStats.prefault({}),
  canary: XrayCanary.prefault({}),
});

/**
 * The desired state of an Xray on a server. Parsing makes what is missing (keys, ids, passwords), so a
 * form of three answers is enough; parsing the result again changes nothing.
 */
export const XrayConfig = XrayConfigFields.superRefine((config, context) => {
  refuseDuplicates(config, context);
  refuseNamelessTargets(config, context);
}).transform(withRealityDefaults);
export type XrayConfig = z.output<typeof XrayConfig>;
export type XrayConfigInput = z.input<typeof XrayConfig>;

/** Secrets of a configuration as JSON pointers, * for every item of a list. */
export const XRAY_SECRET_PATHS: readonly string[] = [
  '/inbounds/*/private_key',
  '/inbounds/*/server_key',
  ...['uuid', 'password', 'ss_key'].flatMap((name) => [`/clients/*/${name}`, `/canary/${name}`]),
];

type Fields = z.output<typeof XrayConfigFields>;

function withRealityDefaults(config: Fields): Fields {
  return { ...config, inbounds: config.inbounds.map(completed) };
}

function completed(inbound: XrayInbound): XrayInbound {
  if (inbound.type !== 'vless_reality') return inbound;
  const { server_names: names, short_ids: ids, target } = inbound;
  return {
    ...inbound,
    server_names: names.length > 0 ? names : [parseHostPort(target)?.host ?? target],
    short_ids: ids.length > 0 ? ids : [newShortId()],
  };
}

function refuseNamelessTargets(config: Fields, context: z.RefinementCtx): void {
  for (const [index, inbound] of config.inbounds.entries()) {
    if (inbound.type !== 'vless_reality' || inbound.server_names.length > 0) continue;
    if (isIP(parseHostPort(inbound.target)?.host ?? '') === 0) continue;
    context.addIssue({
      code: 'custom',
      path: ['inbounds', index, 'server_names'],
      message: 'must be given when the target is an IP address',
    });
  }
}

function refuseDuplicates(config: Fields, context: z.RefinementCtx): void {
  const { inbounds, clients, canary } = config;
  const refuse = (path: (string | number)[], values: readonly string[], what: string): void => {
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) === index) continue;
      context.addIssue({
        code: 'custom',
        path: [path[0] ?? '', index, ...path.slice(1)],
        message: `must be unique: another ${what} has it`,
      });
    }
  };
  const ports = inbounds.map(({ port }) => String(port));
  refuse(
    ['inbounds', 'tag'],
    inbounds.map(({ tag }) => tag),
    'inbound',
  );
  refuse(['inbounds', 'port'], ports, 'inbound');
  refuse(
    ['clients', 'id'],
    clients.map(({ id }) => id),
    'client',
  );
  refuse(
    ['clients', 'name'],
    clients.map(({ name }) => name.toLowerCase()),
    'client',
  );
  for (const key of ['uuid', 'password', 'ss_key'] as const) {
    refuse(['clients', key], [...clients.map((client) => client[key]), canary[key]], 'client');
  }
  if (ports.includes(String(canary.port))) {
    context.addIssue({
      code: 'custom',
      path: ['canary', 'port'],
      message: 'must not be the port of an inbound',
    });
  }
}

/** A list of JSON objects, as text. */
function jsonObjects() {
  return z
    .string()
    .max(65_536)
    .default('[]')
    .refine((text) => parseJsonObjects(text) !== undefined, {
      error: 'must be a JSON list of objects',
    });
}

/** The objects of a JSON list; undefined when the text is none. */
export function parseJsonObjects(text: string): readonly Record<string, unknown>[] | undefined {
  try {
    return z.array(z.record(z.string(), z.unknown())).max(64).parse(JSON.parse(text));
  } catch {
    // Not JSON, or JSON of another shape: either way the person has to mend it.
    return undefined;
  }
}
