import type { XrayConfig } from './xray-config.schema.js';
import type { XrayInbound, XrayInboundOf } from './xray-inbound.schema.js';
import { isBehindCaddy, listenAddressOf } from './xray-inbound.schema.js';
import { CANARY_EMAIL, outboundsFor, routingFor, XRAY_TAGS } from './xray-routing.js';
import { isAtLeast } from './xray-version.js';
import { shadowsocksKeyFor } from './xray-keys.js';

/** Where Xray answers questions about its counters, unless told otherwise. */
export const XRAY_API_SOCKET = '/run/myx-xray/api.sock';

/** What the renderer must know about the server besides the configuration. */
export interface XrayRenderOptions {
  /** Absolute path of the unix socket for counters. */
  readonly apiSocket?: string;
}

/** A client or the canary, as the renderer sees it. */
interface Person {
  readonly email: string;
  readonly uuid: string;
  readonly password: string;
  readonly ss_key: string;
}

type Json = Record<string, unknown>;

/** From this version on Xray turns old clients away unless told not to. */
const CLIENT_GATE_SINCE = '26.7.11';

/**
 * Xray's own configuration for a desired state. The same input gives the same output. Field names are
 * those that the widest range of Xray versions understands: `clients`, `network`, `tcp`.
 */
export function renderXrayConfig(config: XrayConfig, options: XrayRenderOptions = {}): Json {
  const people = peopleOf(config);
  return {
    log: logFor(config),
    ...(config.stats.enabled ? statistics() : {}),
    inbounds: [
      ...config.inbounds.map((inbound) => inboundFor(inbound, people, config.version)),
      ...(config.stats.enabled ? [apiInbound(options.apiSocket ?? XRAY_API_SOCKET)] : []),
    ],
    outbounds: outboundsFor(config),
    routing: routingFor(config),
  };
}

/** The file's text. */
export function renderXrayConfigFile(config: XrayConfig, options: XrayRenderOptions = {}): string {
  return `${JSON.stringify(renderXrayConfig(config, options), null, 2)}\n`;
}

function peopleOf(config: XrayConfig): readonly Person[] {
  const clients = config.clients.filter(({ enabled }) => enabled);
  // The canary is always there. Without any client Shadowsocks would let in whoever has the server key.
  return [
    { ...config.canary, email: CANARY_EMAIL },
    ...clients.map((client) => ({ ...client, email: client.id })),
  ];
}

/** Nothing is written to files: the journal keeps and rotates what the process prints. */
function logFor(config: XrayConfig): Json {
  return { loglevel: config.log_level, access: config.access_log ? '' : 'none', dnsLog: false };
}

function statistics(): Json {
  return {
    stats: {},
    api: { tag: XRAY_TAGS.api, services: ['StatsService'] },
    policy: {
      levels: { '0': { statsUserUplink: true, statsUserDownlink: true, statsUserOnline: true } },
      system: { statsInboundUplink: true, statsInboundDownlink: true },
    },
  };
}

/**
 * Xray's API can listen on TCP only, where every program of the server could reach it; an inbound of
 * its own on a unix socket leads to it instead. A killed Xray leaves the socket behind and cannot start
 * over it, so the socket's folder must go with the service, as systemd's RuntimeDirectory does.
 */
function apiInbound(socket: string): Json {
  return {
    tag: XRAY_TAGS.apiInbound,
    listen: `${socket},0600`,
    protocol: 'dokodemo-door',
    settings: { address: '127.0.0.1', port: 1, network: 'unix' },
  };
}

function inboundFor(inbound: XrayInbound, people: readonly Person[], version: string): Json {
  return {
    tag: inbound.tag,
    listen: listenAddressOf(inbound),
    port: inbound.port,
    ...protocolOf(inbound, people),
    ...(inbound.type === 'shadowsocks_2022' ? {} : { streamSettings: streamOf(inbound, version) }),
    sniffing: { enabled: true, destOverride: ['http', 'tls', 'quic'], routeOnly: true },
  };
}

function protocolOf(inbound: XrayInbound, people: readonly Person[]): Json {
  switch (inbound.type) {
    case 'vless_reality':
      return vless(people, inbound.flow);
    case 'vless_ws':
    case 'vless_xhttp':
      return vless(people, '');
    case 'vmess_ws':
      return {
        protocol: 'vmess',
        settings: { clients: people.map(({ uuid, email }) => ({ id: uuid, email })) },
      };
    case 'trojan_ws':
      return {
        protocol: 'trojan',
        settings: { clients: people.map(({ password, email }) => ({ password, email })) },
      };
    case 'shadowsocks_2022':
      return shadowsocks(inbound, people);
  }
}

function vless(people: readonly Person[], flow: string): Json {
  const clients = people.map(({ uuid, email }) => ({
    id: uuid,
    email,
    ...(flow === '' ? {} : { flow }),
  }));
  return { protocol: 'vless', settings: { clients, decryption: 'none' } };
}

function shadowsocks(
  { method, server_key }: XrayInboundOf<'shadowsocks_2022'>,
  people: readonly Person[],
): Json {
  return {
    protocol: 'shadowsocks',
    settings: {
      method,
      password: shadowsocksKeyFor(method, server_key),
      clients: people.map(({ ss_key, email }) => ({
        password: shadowsocksKeyFor(method, ss_key),
        email,
      })),
      network: 'tcp,udp',
    },
  };
}

function streamOf(
  inbound: Exclude<XrayInbound, { type: 'shadowsocks_2022' }>,
  version: string,
): Json {
  if (!isBehindCaddy(inbound)) {
    return { network: 'tcp', security: 'reality', realitySettings: realityOf(inbound, version) };
  }
  if (inbound.type === 'vless_xhttp') {
    const { host, path, mode } = inbound;
    return { network: 'xhttp', security: 'none', xhttpSettings: { host, path, mode } };
  }
  return {
    network: 'ws',
    security: 'none',
    wsSettings: { host: inbound.host, path: inbound.path },
  };
}

function realityOf(inbound: XrayInboundOf<'vless_reality'>, version: string): Json {
  const gate = inbound.min_client_version ?? defaultGate(version);
  return {
    show: false,
    target: inbound.target,
    xver: 0,
    serverNames: inbound.server_names,
    privateKey: inbound.private_key,
    shortIds: inbound.short_ids,
    ...(gate === null ? {} : { minClientVer: gate }),
    ...(inbound.max_time_difference_ms === 0
      ? {}
      : { maxTimeDiff: inbound.max_time_difference_ms }),
  };
}

function defaultGate(version: string): string | null {
  return isAtLeast(version, CLIENT_GATE_SINCE) ? '1.0.0' : null;
}
