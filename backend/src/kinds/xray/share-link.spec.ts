import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatShareLink } from './format-share-link.js';
import { parseShareLink } from './parse-share-link.js';
import type { LinkSecurity, LinkTransport, ShareLink } from './share-link.js';
import { canaryLinksFor, shareLinksFor } from './share-links.js';
import { XrayConfig } from './xray-config.schema.js';
import { realityPublicKeyOf } from './xray-keys.js';

const UUID = '24d030c5-6219-4a05-bfd0-824e9a93618e';
const KEY = 'OdhWUjD029p9sTcjnHlBvxqGZMeqm1iyeFxyVhV7yj4';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const address = fc.oneof(
  fc.domain().filter((name) => name.length < 100),
  fc.ipV4(),
  fc.constantFrom('2001:db8::1', '::1'),
);
const base = { name: text, address, port: fc.integer({ min: 1, max: 65_535 }) };
const path = text.map((rest) => `/${rest}`);
const transport: fc.Arbitrary<LinkTransport> = fc.oneof(
  fc.record({ network: fc.constant('tcp' as const) }),
  fc.record({ network: fc.constant('ws' as const), path, host: word }),
  fc.record({
    network: fc.constant('xhttp' as const),
    ...{ path, host: word, mode: fc.constantFrom('auto', 'packet-up', 'stream-one') },
  }),
);
const tls: fc.Arbitrary<LinkSecurity> = fc.record({
  type: fc.constant('tls' as const),
  ...{ serverName: word, fingerprint: fc.constantFrom('chrome', 'firefox') },
  alpn: fc.subarray(['h2', 'http/1.1']),
  pinnedCertificate: fc.constantFrom('', 'ab'.repeat(32)),
});
const none: fc.Arbitrary<LinkSecurity> = fc.constant({ type: 'none' });
const reality: fc.Arbitrary<LinkSecurity> = fc.record({
  type: fc.constant('reality' as const),
  ...{ serverName: word, fingerprint: fc.constantFrom('chrome', 'random') },
  ...{ publicKey: fc.constant(KEY), shortId: fc.constantFrom('', '0a1b'), spiderX: path },
});
const link: fc.Arbitrary<ShareLink> = fc.oneof(
  fc.record({
    protocol: fc.constant('vless' as const),
    ...{ ...base, uuid: fc.uuid(), flow: fc.constantFrom('', 'xtls-rprx-vision'), transport },
    security: fc.oneof(none, tls, reality),
  }),
  fc.record({
    protocol: fc.constant('trojan' as const),
    ...{ ...base, password: word, transport, security: fc.oneof(none, tls, reality) },
  }),
  fc.record({
    protocol: fc.constant('vmess' as const),
    ...{ ...base, uuid: fc.uuid(), transport, security: fc.oneof(none, tls) },
  }),
  fc.record({
    protocol: fc.constant('shadowsocks' as const),
    ...base,
    method: fc.constantFrom('2022-blake3-aes-128-gcm', 'aes-256-gcm'),
    password: word,
  }),
);

describe('share links', () => {
  it('say the same after they were written and read', () => {
    fc.assert(
      fc.property(link, (original) => {
        expect(parseShareLink(formatShareLink(original))).toEqual(original);
      }),
    );
  });

  it('are one line of ASCII whatever a name contains', () => {
    fc.assert(
      fc.property(link, (original) => {
        expect(formatShareLink(original)).toMatch(/^[a-z]+:\/\/[\x21-\x7e]+$/);
      }),
    );
  });

  it.each<[string, string, Partial<ShareLink>]>([
    [
      'raw as the newer name of tcp',
      `vless://${UUID}@example.com:443?type=raw&security=none#a`,
      { transport: { network: 'tcp' } },
    ],
    [
      'a query without a type',
      `vless://${UUID}@example.com:443?#a`,
      { security: { type: 'none' } },
    ],
    [
      'trojan without the word tls',
      'trojan://secret@example.com:443#a',
      {
        security: {
          ...{ type: 'tls', serverName: 'example.com', fingerprint: 'chrome' },
          ...{ alpn: [], pinnedCertificate: '' },
        },
      },
    ],
    [
      'Shadowsocks with a base64 user part',
      `ss://${Buffer.from('aes-256-gcm:pass:word').toString('base64url')}@192.0.2.1:8388#a`,
      { method: 'aes-256-gcm', password: 'pass:word' },
    ],
    [
      'Shadowsocks 2022 with two keys',
      'ss://2022-blake3-aes-128-gcm:YWFh%3D%3D%3AYmJi@[2001:db8::1]:8388/#a%20b',
      { address: '2001:db8::1', password: 'YWFh==:YmJi', name: 'a b' },
    ],
  ])('are read from other programs: %s', (_what, url, expected) => {
    expect(parseShareLink(url)).toMatchObject(expected);
  });

  it.each<[string, string, RegExp]>([
    ['another scheme', `https://${UUID}@example.com:443`, /must begin with vless/],
    ['no port', `vless://${UUID}@example.com?type=tcp`, /scheme:\/\/user@host:port/],
    ['a port of 0', `vless://${UUID}@example.com:0`, />=1/],
    ['no uuid', 'vless://someone@example.com:443', /GUID|UUID/],
    ['REALITY without a key', `vless://${UUID}@a.example:1?security=reality`, /public key/],
    ['an unknown transport', `vless://${UUID}@a.example:1?type=quic`, /"quic" is not known/],
    ['an unknown security', `vless://${UUID}@a.example:1?security=xtls`, /"xtls" is not known/],
    ['a lone percent sign', `vless://${UUID}@a.example:1#100%`, /percent-encoding/],
    ['VMess that is no JSON', 'vmess://abc', /cannot be read/],
    ['far too much text', `vless://${UUID}@a.example:1#${'a'.repeat(9000)}`, /too long/],
  ])('with %s are refused', (_what, url, words) => {
    expect(() => parseShareLink(url)).toThrow(words);
  });

  it('never appear in the error', () => {
    const read = () => parseShareLink('ss://aes-256-gcm:canary-secret@[zz]:8388');

    expect(read).toThrow(/cannot be used/);
    expect(read).not.toThrow(/canary-secret/);
  });
});

describe('shareLinksFor', () => {
  const config = XrayConfig.parse({
    address: '203.0.113.7',
    inbounds: [
      { type: 'vless_reality', target: 'www.example.com', short_ids: ['0a1b'] },
      { type: 'vless_ws', port: 2001, host: 'site.example.com', path: '/ws' },
      { type: 'trojan_ws', port: 2002, host: 'site.example.com', path: '/tr' },
      { type: 'vmess_ws', port: 2003, host: 'site.example.com', path: '/vm' },
      { type: 'vless_xhttp', port: 2004, host: 'site.example.com', path: '/xh' },
      { type: 'shadowsocks_2022', port: 8388 },
    ],
    clients: [{ name: 'Ada 你好', uuid: UUID, password: 'pass-word-1' }],
  });
  const links = shareLinksFor(config, config.clients[0]!);

  it('leads to every inbound', () => {
    expect(links.map(({ inbound }) => inbound)).toEqual(config.inbounds.map(({ tag }) => tag));
    expect(links.map(({ link: { port } }) => port)).toEqual([443, 443, 443, 443, 443, 8388]);
  });

  it("carries the public key of the inbound's private one, never the private one", () => {
    const [inbound] = config.inbounds;
    const privateKey = inbound?.type === 'vless_reality' ? inbound.private_key : '';

    expect(links[0]?.url).toContain(`&pbk=${realityPublicKeyOf(privateKey)}&sid=0a1b&`);
    expect(links[0]?.url).not.toContain(privateKey);
  });

  it('asks Caddy in the version of HTTP that the transport needs', () => {
    expect(links[1]?.url).toContain('alpn=http%2F1.1');
    expect(links[4]?.url).toContain('alpn=h2');
    expect(links[4]?.url).toContain('type=xhttp&path=%2Fxh&host=site.example.com&mode=auto');
  });

  it('gives keys of the length that the method takes', () => {
    const { link: shadowsocks } = links[5]!;
    const keys = shadowsocks.protocol === 'shadowsocks' ? shadowsocks.password.split(':') : [];

    expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([16, 16]);
  });

  it('names the client, and the inbound where there are several', () => {
    const only = XrayConfig.parse({ ...config, inbounds: config.inbounds.slice(0, 1) });

    expect(links[0]?.link.name).toBe('Ada 你好 (reality)');
    expect(shareLinksFor(only, only.clients[0]!)[0]?.link.name).toBe('Ada 你好');
  });

  it('gives the canary its own credentials', () => {
    const urls = canaryLinksFor(config).map(({ url }) => url);

    expect(urls).toHaveLength(6);
    expect(urls[0]).toContain(config.canary.uuid);
    expect(urls.join()).not.toContain(UUID);
  });
});
