import type { LinkSecurity, LinkTransport, ShareLink, VmessLink } from './share-link.js';
import { formatHostPort } from './xray-inbound.schema.js';

type Parameters = readonly (readonly [string, string])[];

/** The link as client programs read it, from a QR code or the clipboard. */
export function formatShareLink(link: ShareLink): string {
  switch (link.protocol) {
    case 'vless':
      return uri('vless', link.uuid, link, [
        ['encryption', 'none'],
        ['flow', link.flow],
        ...streamParameters(link.transport, link.security),
      ]);
    case 'trojan':
      return uri('trojan', link.password, link, streamParameters(link.transport, link.security));
    case 'vmess':
      return `vmess://${Buffer.from(JSON.stringify(vmessFields(link))).toString('base64')}`;
    case 'shadowsocks':
      return shadowsocksUri(link);
  }
}

function uri(scheme: string, user: string, link: ShareLink, parameters: Parameters): string {
  const query = parameters
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return (
    `${scheme}://${encodeURIComponent(user)}@${formatHostPort(link.address, link.port)}` +
    `?${query}#${encodeURIComponent(link.name)}`
  );
}

/** Names and order as the VMessAEAD / VLESS share link proposal has them (XTLS/Xray-core#716). */
function streamParameters(transport: LinkTransport, security: LinkSecurity): Parameters {
  return [
    ['type', transport.network],
    ...transportParameters(transport),
    ['security', security.type],
    ...securityParameters(security),
  ];
}

function transportParameters(transport: LinkTransport): Parameters {
  if (transport.network === 'tcp') return [];
  const { path, host } = transport;
  const mode = transport.network === 'xhttp' ? transport.mode : '';
  return [
    ['path', path],
    ['host', host],
    ['mode', mode],
  ];
}

function securityParameters(security: LinkSecurity): Parameters {
  switch (security.type) {
    case 'none':
      return [];
    case 'tls':
      return [
        ['sni', security.serverName],
        ['fp', security.fingerprint],
        ['alpn', security.alpn.join(',')],
        ['pcs', security.pinnedCertificate],
      ];
    case 'reality':
      return [
        ['sni', security.serverName],
        ['fp', security.fingerprint],
        ['pbk', security.publicKey],
        ['sid', security.shortId],
        ['spx', security.spiderX],
      ];
  }
}

/** v2rayN's format, version 2: every value a string. VMess knows no REALITY. */
function vmessFields({ name, address, port, uuid, transport, security }: VmessLink) {
  const tls = security.type === 'tls' ? security : undefined;
  const plain = transport.network === 'tcp';
  return {
    v: '2',
    ps: name,
    add: address,
    port: String(port),
    id: uuid,
    aid: '0',
    scy: 'auto',
    net: transport.network,
    type: transport.network === 'xhttp' ? transport.mode : 'none',
    host: plain ? '' : transport.host,
    path: plain ? '' : transport.path,
    tls: tls === undefined ? '' : 'tls',
    sni: tls?.serverName ?? '',
    alpn: tls?.alpn.join(',') ?? '',
    fp: tls?.fingerprint ?? '',
    ...(tls !== undefined && tls.pinnedCertificate !== '' ? { pcs: tls.pinnedCertificate } : {}),
  };
}

/** SIP002; for the 2022 methods the user part is percent-encoded and never base64 (SIP022). */
function shadowsocksUri(link: Extract<ShareLink, { protocol: 'shadowsocks' }>): string {
  const user = link.method.startsWith('2022-')
    ? `${encodeURIComponent(link.method)}:${encodeURIComponent(link.password)}`
    : Buffer.from(`${link.method}:${link.password}`).toString('base64url');
  return `ss://${user}@${formatHostPort(link.address, link.port)}#${encodeURIComponent(link.name)}`;
}
