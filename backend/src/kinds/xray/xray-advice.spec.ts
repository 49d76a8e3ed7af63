import { describe, expect, it } from '@jest/globals';
import { adviseXray } from './xray-advice.js';
import { XrayConfig } from './xray-config.schema.js';
import type { XrayConfigInput } from './xray-config.schema.js';

function codes(change: Partial<XrayConfigInput>): readonly string[] {
  const config = XrayConfig.parse({
    address: '203.0.113.7',
    inbounds: [{ type: 'vless_reality', target: 'www.example.com' }],
    ...change,
  });
  return adviseXray(config).map(({ code, path }) => `${code} ${path}`);
}

const reality = { type: 'vless_reality', target: 'www.example.com' } as const;

describe('adviseXray', () => {
  it('has nothing to say about the default', () => {
    expect(codes({})).toEqual([]);
  });

  it.each<[string, Partial<XrayConfigInput>, string]>([
    [
      'another port',
      { inbounds: [{ ...reality, port: 8443 }] },
      'reality_port_not_443 /inbounds/0/port',
    ],
    [
      'a Russian name',
      { inbounds: [{ ...reality, target: 'www.example.ru' }] },
      'reality_risky_country /inbounds/0/server_names/0',
    ],
    [
      'a name of Apple',
      { inbounds: [{ ...reality, target: 'www.apple.com' }] },
      'reality_risky_brand /inbounds/0/server_names/0',
    ],
    [
      "a name that is not the target's",
      { inbounds: [{ ...reality, server_names: ['www.example.com', 'cdn.example.com'] }] },
      'reality_name_not_target /inbounds/0/server_names/1',
    ],
    [
      'an empty short id',
      { inbounds: [{ ...reality, short_ids: ['0a', ''] }] },
      'reality_empty_short_id /inbounds/0/short_ids',
    ],
    [
      'no Vision',
      { inbounds: [{ ...reality, flow: '' }] },
      'reality_without_vision /inbounds/0/flow',
    ],
    [
      'a gate for clients',
      { inbounds: [{ ...reality, min_client_version: '26.3.27' }] },
      'reality_client_gate /inbounds/0/min_client_version',
    ],
    [
      'two REALITY inbounds',
      { inbounds: [reality, { ...reality, tag: 'two', port: 8443 }] },
      'reality_several_ports /inbounds/1',
    ],
    [
      'Caddy on the same port',
      { inbounds: [reality, { type: 'vless_xhttp', port: 2001, host: 'a.example' }] },
      'reality_beside_caddy /inbounds/0/port',
    ],
    [
      'an old protocol',
      { inbounds: [{ type: 'vmess_ws', port: 2001, host: 'a.example' }] },
      'deprecated_protocol /inbounds/0/type',
    ],
    ['a version that drops clients', { version: '26.9.8' }, 'version_breaks_clients /version'],
    [
      'open private addresses',
      { routing: { block_private: false } },
      'private_addresses_open /routing/block_private',
    ],
  ])('warns of %s', (_what, change, expected) => {
    expect(codes(change)).toContain(expected);
  });

  it('lets gates pass that no client in the field fails', () => {
    expect(codes({ inbounds: [{ ...reality, min_client_version: '1.8.2' }] })).toEqual([]);
  });
});
