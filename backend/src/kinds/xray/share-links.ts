import { formatShareLink } from './format-share-link.js';
import type { LinkSecurity, ShareLink } from './share-link.js';
import { CANARY_EMAIL } from './xray-routing.js';
import type { XrayClient, XrayConfig } from './xray-config.schema.js';
import type { CaddyInbound, XrayInbound, XrayInboundOf } from './xray-inbound.schema.js';
import { realityPublicKeyOf, shadowsocksKeyFor } from './xray-keys.js';

/** What a client proves itself with. */
export type XrayCredentials = Pick<XrayClient, 'uuid' | 'password' | 'ss_key'>;

/** A way in for one client, as data and as the link that carries it. */
export interface ClientLink {
  /** Tag of the inbound it leads to. */
  readonly inbound: string;
  readonly link: ShareLink;
  readonly url: string;
}

/** The links of one client: one per inbound, in the configuration's order. */
export function shareLinksFor(
  config: XrayConfig,
  client: Pick<XrayClient, 'name'> & XrayCredentials,
): readonly ClientLink[] {
  return config.inbounds.map((inbound) => {
    const name = config.inbounds.length === 1 ? client.name : `${client.name} (${inbound.tag})`;
    const link = linkFor(inbound, config.address, name, client);
    return { inbound: inbound.tag, link, url: formatShareLink(link) };
  });
}

/** The links of the canary, by which a deployment proves that each of its inbounds works. */
export function canaryLinksFor(config: XrayConfig): readonly ClientLink[] {
  return shareLinksFor(config, { ...config.canary, name: CANARY_EMAIL });
}

function linkFor(
  inbound: XrayInbound,
  address: string,
  name: string,
  { uuid, password, ss_key: key }: XrayCredentials,
): ShareLink {
  switch (inbound.type) {
    case 'vless_reality':
      return {
        protocol: 'vless',
        ...{ name, address, port: inbound.port, uuid, flow: inbound.flow },
        transport: { network: 'tcp' },
        security: realitySecurity(inbound),
      };
    case 'vless_ws':
      return { protocol: 'vless', uuid, flow: '', ...throughCaddy(inbound, address, name) };
    case 'vmess_ws':
      return { protocol: 'vmess', uuid, ...throughCaddy(inbound, address, name) };
    case 'trojan_ws':
      return { protocol: 'trojan', password, ...throughCaddy(inbound, address, name) };
    case 'vless_xhttp': {
      const { path, host, mode } = inbound;
      return {
        ...{ protocol: 'vless', uuid, flow: '', ...throughCaddy(inbound, address, name) },
        transport: { network: 'xhttp', path, host, mode },
      };
    }
    case 'shadowsocks_2022': {
      const keys = [inbound.server_key, key].map((each) => shadowsocksKeyFor(inbound.method, each));
      const { port, method } = inbound;
      return { protocol: 'shadowsocks', name, address, port, method, password: keys.join(':') };
    }
  }
}

function realitySecurity(inbound: XrayInboundOf<'vless_reality'>): LinkSecurity {
  return {
    type: 'reality',
    serverName: inbound.server_names[0] ?? '',
    fingerprint: inbound.fingerprint,
    publicKey: realityPublicKeyOf(inbound.private_key),
    shortId: inbound.short_ids[0] ?? '',
    spiderX: '/',
  };
}

function throughCaddy(inbound: CaddyInbound, address: string, name: string) {
  const { host, path, fingerprint, public_port: port } = inbound;
  return {
    ...{ name, address, port },
    transport: { network: 'ws', path, host },
    security: {
      type: 'tls',
      serverName: host,
      fingerprint,
      // WebSocket begins as HTTP/1.1; XHTTP wants HTTP/2.
      alpn: inbound.type === 'vless_xhttp' ? ['h2'] : ['http/1.1'],
      pinnedCertificate: '',
    },
  } as const;
}
