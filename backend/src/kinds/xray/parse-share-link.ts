import { z } from 'zod';
import { AppError } from '../../platform/errors/index.js';
import type { LinkSecurity, LinkTransport, ShareLink, ShadowsocksLink } from './share-link.js';
import { HostName, parseHostPort } from './xray-inbound.schema.js';
import { SHARE_LINK_WRONG } from './xray.errors.js';

/** Longer texts are no share links. */
const MAX_LENGTH = 8192;

const Uuid = z.guid();
const PortNumber = z.coerce.number().int().min(1).max(65_535);
const PathText = z.string().regex(/^\//, { error: 'path must start with /' });
const CertificatePin = z.string().regex(/^(?:[0-9a-f]{64})?$/, { error: 'pcs must be a SHA-256' });

/** v2rayN's JSON; numbers are accepted where old programs wrote them. */
const VmessFields = z.object({
  ps: z.string().default(''),
  add: z.string(),
  port: z.union([z.string(), z.number()]),
  id: z.string(),
  net: z.string().default('tcp'),
  type: z.string().default(''),
  host: z.string().default(''),
  path: z.string().default(''),
  tls: z.string().default(''),
  sni: z.string().default(''),
  alpn: z.string().default(''),
  fp: z.string().default(''),
  pcs: z.string().default(''),
});

/** The parts that every link of the URL form has. */
interface LinkParts {
  readonly scheme: string;
  /** Still percent-encoded. */
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly query: URLSearchParams;
}

/**
 * Reads a link as MyX and other programs write it: the opposite of `formatShareLink`.
 *
 * @throws AppError `share_link_wrong` that says what is wrong, without the link's secrets.
 */
export function parseShareLink(text: string): ShareLink {
  try {
    return parse(text.trim());
  } catch (error) {
    // Whatever a library says about a broken link, the person sees one error; it may quote no secret.
    if (error instanceof AppError) throw error;
    const why = error instanceof z.ZodError ? z.prettifyError(error) : 'it cannot be read';
    throw wrong(why);
  }
}

function parse(text: string): ShareLink {
  if (text.length > MAX_LENGTH) throw wrong('it is too long');
  if (text.startsWith('vmess://')) return parseVmess(text.slice('vmess://'.length));
  const parts = split(text);
  const { scheme, user, address, port, name, query } = parts;
  const base = { address, port, name };
  switch (scheme) {
    case 'vless':
      return {
        ...{ protocol: 'vless', ...base, uuid: Uuid.parse(decoded(user)) },
        flow: query.get('flow') ?? '',
        transport: transportOf(query),
        security: securityOf(query, address),
      };
    case 'trojan':
      return {
        ...{ protocol: 'trojan', ...base, password: notEmpty(decoded(user), 'password') },
        transport: transportOf(query),
        // Trojan without TLS does not exist: programs that leave the word out mean TLS.
        security: securityOf(query, address, 'tls'),
      };
    case 'ss':
      return parseShadowsocks(parts);
    default:
      throw wrong('it must begin with vless://, vmess://, trojan:// or ss://');
  }
}

function split(text: string): LinkParts {
  const match =
    /^([a-z]+):\/\/([^@/?#]+)@(\[[^\]]+\]|[^:/?#@]+):(\d{1,5})\/?(\?[^#]*)?(#.*)?$/s.exec(text);
  if (match === null) throw wrong('it must look like scheme://user@host:port?...#name');
  const [, scheme = '', user = '', host = '', port = '', query = '', name = ''] = match;
  const place = parseHostPort(`${host}:${PortNumber.parse(port)}`);
  if (typeof place?.port !== 'number') throw wrong('its host is neither a name nor an address');
  return {
    ...{ scheme, user, query: new URLSearchParams(query) },
    ...{ address: place.host, port: place.port, name: decoded(name.slice(1)) },
  };
}

function transportOf(query: URLSearchParams): LinkTransport {
  const path = query.get('path') ?? '/';
  const host = query.get('host') ?? '';
  const network = query.get('type') ?? 'tcp';
  return transport({ network, path, host, mode: query.get('mode') ?? 'auto' });
}

function transport(fields: Record<'network' | 'path' | 'host' | 'mode', string>): LinkTransport {
  const { network, host, mode } = fields;
  switch (network) {
    case 'tcp':
    case 'raw':
      return { network: 'tcp' };
    case 'ws':
      return { network, host, path: PathText.parse(fields.path) };
    case 'xhttp':
    case 'splithttp':
      return { network: 'xhttp', host, path: PathText.parse(fields.path), mode };
    default:
      throw wrong(`its transport ${JSON.stringify(network.slice(0, 20))} is not known`);
  }
}

function securityOf(query: URLSearchParams, address: string, fallback = 'none'): LinkSecurity {
  const serverName = query.get('sni') ?? query.get('host') ?? address;
  const fingerprint = query.get('fp') ?? 'chrome';
  const kind = query.get('security') ?? fallback;
  switch (kind) {
    case 'none':
    case '':
      return { type: 'none' };
    case 'tls':
      return {
        ...{ type: 'tls', serverName, fingerprint, alpn: list(query.get('alpn')) },
        pinnedCertificate: CertificatePin.parse(query.get('pcs') ?? ''),
      };
    case 'reality':
      return {
        ...{ type: 'reality', serverName, fingerprint },
        publicKey: notEmpty(query.get('pbk'), 'public key (pbk)'),
        shortId: query.get('sid') ?? '',
        spiderX: query.get('spx') ?? '/',
      };
    default:
      throw wrong(`its security ${JSON.stringify(kind.slice(0, 20))} is not known`);
  }
}

function parseVmess(encoded: string): ShareLink {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const fields = VmessFields.parse(JSON.parse(text));
  const address = HostName.parse(fields.add);
  return {
    protocol: 'vmess',
    name: fields.ps,
    address,
    port: PortNumber.parse(fields.port),
    uuid: Uuid.parse(fields.id),
    transport: transport({
      network: fields.net,
      host: fields.host,
      path: fields.path === '' ? '/' : fields.path,
      mode: fields.type === '' || fields.type === 'none' ? 'auto' : fields.type,
    }),
    security: vmessSecurity(fields, address),
  };
}

function vmessSecurity(fields: z.infer<typeof VmessFields>, address: string): LinkSecurity {
  if (fields.tls !== 'tls') return { type: 'none' };
  return {
    type: 'tls',
    serverName: [fields.sni, fields.host, address].find((name) => name !== '') ?? address,
    fingerprint: fields.fp === '' ? 'chrome' : fields.fp,
    alpn: list(fields.alpn),
    pinnedCertificate: CertificatePin.parse(fields.pcs),
  };
}

/** `method:password` percent-encoded, or both as base64 (SIP002). */
function parseShadowsocks({ user, address, port, name }: LinkParts): ShadowsocksLink {
  const plain = user.includes(':') ? user.split(':').map(decoded).join(':') : fromBase64(user);
  const separator = plain.indexOf(':');
  if (separator < 1) throw wrong('it must name a method and a password');
  return {
    ...{ protocol: 'shadowsocks', address, port, name },
    method: plain.slice(0, separator),
    password: notEmpty(plain.slice(separator + 1), 'password'),
  };
}

function fromBase64(text: string): string {
  return Buffer.from(decoded(text), 'base64').toString('utf8');
}

function list(text: string | null): readonly string[] {
  return text === null || text === '' ? [] : text.split(',');
}

function notEmpty(text: string | null, what: string): string {
  if (text === null || text === '') throw wrong(`it has no ${what}`);
  return text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // URIError: a lone % or bytes that are no UTF-8.
    throw wrong('its percent-encoding is broken');
  }
}

function wrong(why: string): AppError {
  return new AppError(SHARE_LINK_WRONG, `This share link cannot be used: ${why}.`);
}
