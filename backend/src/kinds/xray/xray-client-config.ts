import type { LinkSecurity, LinkTransport, ShareLink } from './share-link.js';

/** Where the local proxy of a client listens. */
export interface LocalProxy {
  /** Address on which the client's programs reach it. */
  readonly listen?: string;
  readonly socksPort?: number;
  readonly httpPort?: number;
}

type Json = Record<string, unknown>;

const PROXY_TAG = 'proxy';

/** The ports that client programs are used to. */
const DEFAULT_PORTS = { socksPort: 10_808, httpPort: 10_809 } as const;

/**
 * A whole Xray configuration that reaches the Internet through a share link: local SOCKS and HTTP proxies
 * on the loopback address, everything else sent to the server. What a canary runs, and what
 * subscriptions in the Xray-JSON format carry.
 */
export function clientConfigFor(link: ShareLink, local: LocalProxy = {}): Json {
  const { listen = '127.0.0.1' } = local;
  const { socksPort, httpPort } =
    local.socksPort === undefined && local.httpPort === undefined ? DEFAULT_PORTS : local;
  return {
    remarks: link.name,
    log: { loglevel: 'warning' },
    inbounds: [
      ...(socksPort === undefined ? [] : [socksInbound(listen, socksPort)]),
      ...(httpPort === undefined ? [] : [httpInbound(listen, httpPort)]),
    ],
    outbounds: [
      outboundFor(link),
      { tag: 'direct', protocol: 'freedom' },
      { tag: 'block', protocol: 'blackhole' },
    ],
  };
}

function socksInbound(listen: string, port: number): Json {
  return { tag: 'socks', listen, port, protocol: 'socks', settings: { auth: 'noauth', udp: true } };
}

function httpInbound(listen: string, port: number): Json {
  return { tag: 'http', listen, port, protocol: 'http' };
}

/** The way to the server, in the fields that old and new clients understand (`vnext`, `servers`). */
function outboundFor(link: ShareLink): Json {
  const { address, port } = link;
  switch (link.protocol) {
    case 'vless': {
      const flow = link.flow === '' ? {} : { flow: link.flow };
      const users = [{ id: link.uuid, encryption: 'none', ...flow }];
      return outbound('vless', { vnext: [{ address, port, users }] }, streamOf(link));
    }
    case 'vmess': {
      const users = [{ id: link.uuid, security: 'auto' }];
      return outbound('vmess', { vnext: [{ address, port, users }] }, streamOf(link));
    }
    case 'trojan': {
      const { password } = link;
      return outbound('trojan', { servers: [{ address, port, password }] }, streamOf(link));
    }
    case 'shadowsocks': {
      const { method, password } = link;
      return outbound('shadowsocks', { servers: [{ address, port, method, password }] });
    }
  }
}

function outbound(protocol: string, settings: Json, streamSettings?: Json): Json {
  return {
    tag: PROXY_TAG,
    protocol,
    settings,
    ...(streamSettings === undefined ? {} : { streamSettings }),
  };
}

function streamOf({ transport, security }: Exclude<ShareLink, { protocol: 'shadowsocks' }>): Json {
  return {
    network: transport.network,
    ...transportSettings(transport),
    security: security.type,
    ...securitySettings(security),
  };
}

function transportSettings(transport: LinkTransport): Json {
  switch (transport.network) {
    case 'tcp':
      return {};
    case 'ws':
      return { wsSettings: { path: transport.path, host: transport.host } };
    case 'xhttp': {
      const { path, host, mode } = transport;
      return { xhttpSettings: { path, host, mode } };
    }
  }
}

function securitySettings(security: LinkSecurity): Json {
  switch (security.type) {
    case 'none':
      return {};
    case 'tls': {
      const { serverName, fingerprint, alpn, pinnedCertificate } = security;
      return {
        tlsSettings: {
          ...{ serverName, fingerprint },
          ...(alpn.length === 0 ? {} : { alpn }),
          ...(pinnedCertificate === '' ? {} : { pinnedPeerCertSha256: pinnedCertificate }),
        },
      };
    }
    case 'reality': {
      const { serverName, fingerprint, publicKey, shortId, spiderX } = security;
      // `publicKey` is what every version reads; newer ones also call it `password`.
      return { realitySettings: { serverName, fingerprint, publicKey, shortId, spiderX } };
    }
  }
}
