import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { XRAY_SECRET_PATHS, XrayConfig } from './xray-config.schema.js';
import type { XrayConfigInput } from './xray-config.schema.js';
import { parseHostPort } from './xray-inbound.schema.js';
import { newRealityPrivateKey, realityPublicKeyOf, shadowsocksKeyFor } from './xray-keys.js';

const THREE_ANSWERS: XrayConfigInput = {
  address: 'vpn.example.com',
  inbounds: [{ type: 'vless_reality', target: 'www.example.com' }],
};

describe('XrayConfig', () => {
  it('makes everything else from an address and a target', () => {
    const config = XrayConfig.parse(THREE_ANSWERS);

    expect(config.inbounds[0]).toMatchObject({
      tag: 'reality',
      port: 443,
      target: 'www.example.com:443',
      server_names: ['www.example.com'],
      short_ids: [expect.stringMatching(/^[0-9a-f]{16}$/)],
      private_key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      flow: 'xtls-rprx-vision',
      min_client_version: null,
    });
    expect(config.routing).toEqual({ block_private: true, block_bittorrent: true });
  });

  it('changes nothing when its own result is parsed again', () => {
    const config = XrayConfig.parse({
      ...THREE_ANSWERS,
      inbounds: [
        { type: 'vless_reality', target: '[2001:db8::1]:8443', server_names: ['a.example.com'] },
        { type: 'vless_xhttp', port: 2001, host: 'a.example.com' },
        { type: 'shadowsocks_2022', port: 8388 },
      ],
      clients: [{ name: 'ada' }, { name: 'bob', enabled: false }],
    });

    expect(XrayConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('makes other secrets each time', () => {
    const [one, other] = [XrayConfig.parse(THREE_ANSWERS), XrayConfig.parse(THREE_ANSWERS)];

    expect(one.canary.uuid).not.toBe(other.canary.uuid);
    expect(one.inbounds[0]).not.toEqual(other.inbounds[0]);
  });

  it('makes a secret anew when null stands in its place', () => {
    const config = XrayConfig.parse({
      ...THREE_ANSWERS,
      clients: [{ name: 'ada', uuid: null, password: null, ss_key: null }],
    });

    expect(config.clients[0]?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Buffer.from(config.clients[0]?.ss_key ?? '', 'base64')).toHaveLength(32);
  });

  const reality = { type: 'vless_reality', target: 'www.example.com' } as const;
  const uuid = '24d030c5-6219-4a05-bfd0-824e9a93618e';
  it.each<[string, object, string]>([
    ['no inbound', { inbounds: [] }, 'inbounds'],
    ['an unknown field', { surprise: 1 }, 'surprise'],
    ['an address with a port', { address: 'vpn.example.com:443' }, 'address'],
    ['a target that is no host', { inbounds: [{ ...reality, target: 'https://x/' }] }, 'target'],
    ['a port beyond 65535', { inbounds: [{ ...reality, target: 'x.example:70000' }] }, 'target'],
    [
      'an IP target without a name',
      { inbounds: [{ ...reality, target: '192.0.2.1' }] },
      'IP address',
    ],
    [
      'a wildcard name',
      { inbounds: [{ ...reality, server_names: ['*.example.com'] }] },
      'DNS name',
    ],
    ['an odd short id', { inbounds: [{ ...reality, short_ids: ['abc'] }] }, 'hex digits'],
    ['a key of the wrong length', { inbounds: [{ ...reality, private_key: 'abc' }] }, '43'],
    ['a tag of MyX itself', { inbounds: [{ ...reality, tag: 'myx-api' }] }, 'myx-'],
    ['the same tag twice', { inbounds: [reality, { ...reality, port: 8443 }] }, 'unique'],
    ['the same port twice', { inbounds: [reality, { ...reality, tag: 'two' }] }, 'unique'],
    ['a client name twice', { clients: [{ name: 'Ada' }, { name: 'ada' }] }, 'unique'],
    [
      'a uuid twice',
      {
        clients: [
          { name: 'a', uuid },
          { name: 'b', uuid },
        ],
      },
      'unique',
    ],
    ['a client name with a control character', { clients: [{ name: 'a\nb' }] }, 'control'],
    [
      'a path with a space',
      { inbounds: [{ type: 'vless_ws', port: 2000, host: 'a.example', path: '/a b' }] },
      'path',
    ],
    [
      "the canary's port",
      { inbounds: [{ type: 'shadowsocks_2022', port: 10_086 }] },
      'port of an inbound',
    ],
  ])('refuses %s', (_what, change, words) => {
    const result = XrayConfig.safeParse({ ...THREE_ANSWERS, ...change });

    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toContain(words);
  });

  it('knows where every secret is', () => {
    const config = XrayConfig.parse({
      ...THREE_ANSWERS,
      inbounds: [reality, { type: 'shadowsocks_2022', port: 8388 }],
      clients: [{ name: 'ada' }],
    });

    const found = XRAY_SECRET_PATHS.flatMap((pointer) =>
      valuesAt(config, pointer.split('/').slice(1)),
    );

    expect(found).toHaveLength(2 + 3 + 3);
    expect(new Set(found).size).toBe(found.length);
  });
});

/** The values that a pointer with * names. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (step === undefined) return value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  const inner = step === '*' ? Object.values(value) : [(value as Record<string, unknown>)[step]];
  return inner.flatMap((each) => valuesAt(each, rest));
}

describe('REALITY keys', () => {
  it('are pairs: the public key agrees with the private one on a secret', () => {
    const privateKey = newRealityPrivateKey();
    const other = generateKeyPairSync('x25519');
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'X25519', x: realityPublicKeyOf(privateKey) },
      format: 'jwk',
    });
    const mine = createPrivateKey({
      key: { kty: 'OKP', crv: 'X25519', d: privateKey, x: realityPublicKeyOf(privateKey) },
      format: 'jwk',
    });

    const theirs = diffieHellman({ privateKey: other.privateKey, publicKey });

    expect(diffieHellman({ privateKey: mine, publicKey: other.publicKey })).toEqual(theirs);
  });

  it('must be 32 bytes', () => {
    expect(() => realityPublicKeyOf('abc')).toThrow('32 bytes');
  });
});

describe('shadowsocksKeyFor', () => {
  const key = Buffer.from([...Array(32).keys()]).toString('base64');

  it.each([
    ['2022-blake3-aes-128-gcm', 16],
    ['2022-blake3-aes-256-gcm', 32],
  ])('%s takes %i bytes of the same key', (method, bytes) => {
    expect(Buffer.from(shadowsocksKeyFor(method, key), 'base64')).toEqual(
      Buffer.from(key, 'base64').subarray(0, bytes),
    );
  });
});

describe('parseHostPort', () => {
  it.each([
    ['example.com', { host: 'example.com', port: null }],
    ['example.com:443', { host: 'example.com', port: 443 }],
    ['192.0.2.1:8443', { host: '192.0.2.1', port: 8443 }],
    ['[2001:db8::1]:443', { host: '2001:db8::1', port: 443 }],
    ['2001:db8::1', undefined],
    ['example.com:', undefined],
    ['example.com:0', undefined],
    ['-x:1', undefined],
  ])('%s', (text, expected) => {
    expect(parseHostPort(text)).toEqual(expected);
  });
});
