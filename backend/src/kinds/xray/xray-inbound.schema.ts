import { z } from 'zod';
import { newRealityPrivateKey, newSecretPath, newShadowsocksKey } from './xray-keys.js';

/** TLS fingerprints that clients of every family know. */
export const FINGERPRINTS = ['chrome', 'firefox', 'safari', 'edge', 'random'] as const;

/** Shadowsocks 2022 methods that carry several clients on one port; ChaCha20 cannot. */
export const SHADOWSOCKS_METHODS = ['2022-blake3-aes-128-gcm', '2022-blake3-aes-256-gcm'] as const;

/** How XHTTP sends: `auto` works behind every proxy. */
export const XHTTP_MODES = ['auto', 'packet-up', 'stream-up', 'stream-one'] as const;

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;
const VERSION = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){2}$/;

/** DNS name, or IP address without brackets. */
export const HostName = z
  .union([z.string().regex(HOST_NAME), z.ipv4(), z.ipv6()])
  .describe('DNS name or IP address');

const DomainName = z.string().regex(HOST_NAME, { error: 'must be a DNS name' }).max(253);
const Port = z.int().min(1).max(65_535);
const Tag = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, {
    error: 'must be 1-32 lower-case letters, digits and - and start with a letter',
  })
  .refine((tag) => !tag.startsWith('myx-'), { error: 'must not start with myx-' });
const ListenAddress = z.union([z.ipv4(), z.ipv6()]).default('0.0.0.0');
const Fingerprint = z.enum(FINGERPRINTS).default('chrome');

/** A value that is made when it is missing, so that a form needs not ask for it. */
export function madeWhenMissing<T>(schema: z.ZodType<T>, make: () => T) {
  return schema.nullish().transform((value): T => value ?? make());
}

/** Base64 of exactly so many bytes. */
export function base64Bytes(count: number) {
  return z.base64().refine((text) => Buffer.from(text, 'base64').length === count, {
    error: `must be ${count} bytes of base64`,
  });
}

/** `host:port` of the site that REALITY shows to everybody else; the port is 443 when left out. */
export const RealityTarget = z
  .string()
  .min(1)
  .max(260)
  .transform((text, context) => {
    const parsed = parseHostPort(text);
    if (parsed !== undefined) return formatHostPort(parsed.host, parsed.port ?? 443);
    context.addIssue({ code: 'custom', message: 'must look like www.example.com:443' });
    return z.NEVER;
  });

/** VLESS with REALITY and Vision: Xray itself answers on the port, and looks like the target's site. */
export const VlessRealityInbound = z.strictObject({
  type: z.literal('vless_reality'),
  tag: Tag.default('reality'),
  listen: ListenAddress,
  port: Port.default(443),
  target: RealityTarget,
  server_names: z
    .array(DomainName)
    .max(32)
    .default([])
    .describe("Names that clients may ask for; empty: the target's own"),
  short_ids: z
    .array(z.string().regex(/^(?:[0-9a-f]{2}){0,8}$/, { error: 'must be 0-16 hex digits, even' }))
    .max(32)
    .default([])
    .describe('Empty: one is made'),
  private_key: madeWhenMissing(
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/, { error: 'must be 32 bytes of base64url (43 characters)' }),
    newRealityPrivateKey,
  ),
  flow: z.enum(['xtls-rprx-vision', '']).default('xtls-rprx-vision'),
  min_client_version: z
    .string()
    .regex(VERSION, { error: 'must look like 1.8.2' })
    .nullable()
    .default(null)
    .describe('null: every client is let in, whatever gate the Xray version would set'),
  max_time_difference_ms: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(0)
    .describe('0: the clocks of clients do not matter'),
  fingerprint: Fingerprint,
});

const behindCaddy = {
  port: Port.describe('Port on 127.0.0.1 where Caddy reaches Xray'),
  host: DomainName.describe('Name of the site on Caddy'),
  path: madeWhenMissing(
    z.string().regex(/^\/[A-Za-z0-9_-][A-Za-z0-9_/-]{0,126}$/, {
      error: 'must start with / and have letters, digits and _ - / only',
    }),
    newSecretPath,
  ),
  public_port: Port.default(443).describe('Port on which Caddy answers'),
  fingerprint: Fingerprint,
};

/** VLESS over WebSocket behind Caddy. */
export const VlessWsInbound = z.strictObject({
  type: z.literal('vless_ws'),
  tag: Tag.default('vless-ws'),
  ...behindCaddy,
});

/** Trojan over WebSocket behind Caddy. */
export const TrojanWsInbound = z.strictObject({
  type: z.literal('trojan_ws'),
  tag: Tag.default('trojan-ws'),
  ...behindCaddy,
});

/** VMess over WebSocket behind Caddy. */
export const VmessWsInbound = z.strictObject({
  type: z.literal('vmess_ws'),
  tag: Tag.default('vmess-ws'),
  ...behindCaddy,
});

/** VLESS over XHTTP behind Caddy. */
export const VlessXhttpInbound = z.strictObject({
  type: z.literal('vless_xhttp'),
  tag: Tag.default('vless-xhttp'),
  ...behindCaddy,
  mode: z.enum(XHTTP_MODES).default('auto'),
});

/** Shadowsocks 2022 with a key per client; TCP and UDP. */
export const Shadowsocks2022Inbound = z.strictObject({
  type: z.literal('shadowsocks_2022'),
  tag: Tag.default('shadowsocks'),
  listen: ListenAddress,
  port: Port,
  method: z.enum(SHADOWSOCKS_METHODS).default('2022-blake3-aes-128-gcm'),
  server_key: madeWhenMissing(base64Bytes(32), newShadowsocksKey),
});

/** One way in. */
export const XrayInbound = z.discriminatedUnion('type', [
  VlessRealityInbound,
  VlessWsInbound,
  TrojanWsInbound,
  VmessWsInbound,
  VlessXhttpInbound,
  Shadowsocks2022Inbound,
]);
export type XrayInbound = z.output<typeof XrayInbound>;
export type XrayInboundType = XrayInbound['type'];
export type XrayInboundOf<T extends XrayInboundType> = Extract<XrayInbound, { type: T }>;

/** The inbounds that listen on the loopback address only, because Caddy speaks TLS for them. */
export type CaddyInbound = XrayInboundOf<'vless_ws' | 'trojan_ws' | 'vmess_ws' | 'vless_xhttp'>;

/** Whether Caddy stands before this inbound. */
export function isBehindCaddy(inbound: XrayInbound): inbound is CaddyInbound {
  return inbound.type !== 'vless_reality' && inbound.type !== 'shadowsocks_2022';
}

/** Where Xray listens for this inbound. */
export function listenAddressOf(inbound: XrayInbound): string {
  return isBehindCaddy(inbound) ? '127.0.0.1' : inbound.listen;
}

/** Splits `host`, `host:port` and `[address]:port`; undefined when it is none of them. */
export function parseHostPort(text: string): { host: string; port: number | null } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || !HostName.safeParse(host).success) return undefined;
  if (match?.[3] === undefined) return { host, port: null };
  const port = Number(match[3]);
  return Port.safeParse(port).success ? { host, port } : undefined;
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
