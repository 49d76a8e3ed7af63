import { describe, expect, it } from '@jest/globals';
import { renderXrayConfig, renderXrayConfigFile } from './render-xray-config.js';
import { XrayConfig } from './xray-config.schema.js';
import type { XrayConfigInput } from './xray-config.schema.js';

const UUID = '24d030c5-6219-4a05-bfd0-824e9a93618e';

function configWith(change: Partial<XrayConfigInput> = {}): XrayConfig {
  return XrayConfig.parse({
    address: '203.0.113.7',
    inbounds: [{ type: 'vless_reality', target: 'www.example.com' }],
    clients: [{ id: UUID, name: 'ada' }],
    ...change,
  });
}

interface Rendered {
  inbounds: Record<string, unknown>[];
  routing: { rules: Record<string, unknown>[]; domainStrategy: string };
  outbounds: { tag: string }[];
}

function render(config: XrayConfig): Rendered {
  return renderXrayConfig(config) as unknown as Rendered;
}

describe('renderXrayConfig', () => {
  it('is the same for the same input', () => {
    const config = configWith();

    expect(renderXrayConfigFile(config)).toBe(renderXrayConfigFile(structuredClone(config)));
  });

  it('uses the field names that old and new versions read', () => {
    const [reality] = render(configWith()).inbounds;

    expect(reality).toMatchObject({
      settings: { clients: [expect.anything(), { id: expect.anything(), email: UUID }] },
      streamSettings: { network: 'tcp', security: 'reality', realitySettings: { show: false } },
    });
  });

  it.each([
    ['26.3.27', undefined, undefined],
    ['26.7.28', undefined, '1.0.0'],
    ['26.3.27', '1.8.2', '1.8.2'],
    ['26.7.28', '26.3.27', '26.3.27'],
  ])('version %s with the gate %s writes %s', (version, gate, expected) => {
    const inbound = { type: 'vless_reality', target: 'x.example' } as const;
    const config = configWith({
      version,
      inbounds: [{ ...inbound, ...(gate === undefined ? {} : { min_client_version: gate }) }],
    });

    const settings = render(config).inbounds[0]?.streamSettings as {
      realitySettings: { minClientVer?: string };
    };
    expect(settings.realitySettings.minClientVer).toBe(expected);
  });

  it('leaves disabled clients out', () => {
    const text = renderXrayConfigFile(
      configWith({ clients: [{ name: 'ada', id: UUID, enabled: false }] }),
    );

    expect(text).not.toContain(UUID);
  });

  it('never renders Shadowsocks without users, which would let in the server key alone', () => {
    const config = configWith({
      inbounds: [{ type: 'shadowsocks_2022', port: 8388 }],
      clients: [],
    });

    expect(render(config).inbounds[0]).toMatchObject({
      settings: { clients: [{ email: 'myx-canary' }] },
    });
  });

  it('sends the canary to one loopback port before any other rule can open or close anything', () => {
    const config = configWith({ canary: { port: 4444 } });
    const { routing, outbounds } = render(config);
    const first = routing.rules.find((rule) => !('inboundTag' in rule));

    expect(first).toEqual({ type: 'field', user: ['myx-canary'], outboundTag: 'myx-canary' });
    expect(outbounds.find(({ tag }) => tag === 'myx-canary')).toMatchObject({
      settings: { redirect: '127.0.0.1:4444' },
    });
  });

  it('lets Caddy alone reach what is behind Caddy', () => {
    const config = configWith({
      inbounds: [{ type: 'vmess_ws', port: 2001, host: 'a.example', path: '/p' }],
    });

    expect(render(config).inbounds[0]).toMatchObject({ listen: '127.0.0.1', port: 2001 });
  });

  it('opens private addresses and drops the counters only when told so', () => {
    const open = render(
      configWith({
        routing: { block_private: false, block_bittorrent: false },
        stats: { enabled: false },
      }),
    );

    expect(open.routing).toMatchObject({
      domainStrategy: 'AsIs',
      rules: [{ user: ['myx-canary'] }],
    });
    expect(open.inbounds).toHaveLength(1);
    expect(open).not.toHaveProperty('stats');
  });

  it('needs no geodata', () => {
    expect(renderXrayConfigFile(configWith())).not.toMatch(/geoip:|geosite:/);
  });
});
