import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** What of a request tells where it came from: an `http.IncomingMessage` or an Express request. */
export interface IncomingRequest {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean };
}

/** Where a request came from, with the word of trusted proxies taken into account. */
export interface ClientOrigin {
  /** The client's IP address; null when the connection is gone. */
  readonly address: string | null;
  /** True when the client's connection was encrypted. */
  readonly secure: boolean;
  /** The origin the client addressed, such as `https://myx.example:8443`; null without a Host header. */
  readonly self: string | null;
}

/** Reverse proxies whose X-Forwarded-* headers are believed. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @param ranges IP addresses and CIDR ranges. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', bits] = range.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** True when `address` is one of them. */
  trusts(address: string): boolean {
    if (isIP(address) === 0) return false;
    return this.#list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

/** Tells where a request came from. */
export function clientOrigin(request: IncomingRequest, proxies: TrustedProxies): ClientOrigin {
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const isProxied = proxies.trusts(peer);
  const { headers } = request;
  const forwardedScheme = isProxied ? firstOf(headers['x-forwarded-proto']) : undefined;
  const secure =
    (forwardedScheme ?? (request.socket.encrypted === true ? 'https' : 'http')) === 'https';
  const host = (isProxied ? firstOf(headers['x-forwarded-host']) : undefined) ?? headers.host;
  return {
    address: clientAddress(peer, headers, proxies),
    secure,
    self: isHost(host) ? originOf(`${secure ? 'https' : 'http'}://${host}`) : null,
  };
}

/** The origin of a URL in the form of an Origin header (RFC 6454), or null when it is none. */
export function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

/**
 * The address that attempts are counted under: an IPv4 address, or the /64 network of an IPv6 address,
 * because one client has all of it.
 */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = Math.max(0, 8 - groups.length - behind.length);
  const all = [...groups, ...Array<string>(missing).fill('0'), ...behind];
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** The last address in the chain of proxies that is not itself a trusted proxy. */
function clientAddress(
  peer: string,
  headers: IncomingHttpHeaders,
  proxies: TrustedProxies,
): string | null {
  const claimed = [headers['x-forwarded-for'] ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((part) => plainAddress(part.trim()));
  let address = peer;
  while (proxies.trusts(address)) {
    const before = claimed.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address === '' ? null : address;
}

/** An IPv4 address that a dual-stack socket wrote as IPv6 becomes plain. */
function plainAddress(address: string): string {
  const plain = address.replace(/^::ffff:/i, '');
  return isIPv4(plain) ? plain : address;
}

/** True when nothing in `host` would end the host part of a URL (RFC 3986, section 3.2). */
function isHost(host: string | undefined): host is string {
  return host !== undefined && !/[/?#@\\\s]/.test(host);
}

function firstOf(header: string | string[] | undefined): string | undefined {
  const first = [header ?? []].flat()[0]?.split(',')[0]?.trim();
  return first === '' ? undefined : first;
}
