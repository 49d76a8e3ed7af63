import { describe, expect, it } from '@jest/globals';
import { DeploymentKinds } from '../../deployments/index.js';
import type { RenderContext } from '../../deployments/index.js';
import type { ReleaseStore } from './release-store.js';
import { XrayConfig } from './xray-config.schema.js';
import type { XrayConfigInput } from './xray-config.schema.js';
import { xrayKind } from './xray-kind.js';

const SHA256 = 'ab'.repeat(32);
const CONTEXT: RenderContext = {
  deploymentId: 'd',
  serverHost: '192.0.2.1',
  arch: 'x64',
  seed: '00'.repeat(32),
};

const store = {
  find: (version: string) =>
    Promise.resolve({ version, sha256: SHA256, url: 'https://mirror.example/x.zip', maxBytes: 1 }),
  archive: () => Promise.resolve('/data/x.zip'),
} as unknown as ReleaseStore;

const kind = xrayKind(store);

function config(changes: Partial<XrayConfigInput> = {}): XrayConfig {
  return XrayConfig.parse({
    address: 'vpn.example',
    inbounds: [
      { type: 'vless_reality', target: 'www.example.com' },
      { type: 'vless_ws', port: 10_001, host: 'site.example' },
      { type: 'shadowsocks_2022', port: 8388 },
    ],
    clients: [{ name: 'phone' }],
    ...changes,
  });
}

async function file(path: string, of = config()): Promise<string> {
  const { files } = await kind.render(of, CONTEXT);
  return String(files.find((each) => each.path === path)?.content);
}

describe('the kind Xray', () => {
  it('is registered with a form that is a valid description', () => {
    const kinds = new DeploymentKinds();
    kinds.register(kind);

    expect(kinds.get('xray').form).toEqual(kind.form);
  });

  it('lets clients dial the server where the manager does, unless an address is named', async () => {
    const complete = (input: object) => kind.complete?.(input, CONTEXT);

    expect(await complete({ inbounds: [] })).toEqual({ inbounds: [], address: '192.0.2.1' });
    expect(await complete({ address: 'vpn.example' })).toEqual({ address: 'vpn.example' });
  });

  it('renders the same for the same configuration', async () => {
    const wanted = config();

    expect(await kind.render(wanted, CONTEXT)).toEqual(await kind.render(wanted, CONTEXT));
  });

  it('keeps secrets out of everything that is not a secret', async () => {
    const wanted = config();
    const rendered = await kind.render(wanted, CONTEXT);
    const { xray_masks: masks, ...shown } = rendered.vars;

    const text = JSON.stringify([
      shown,
      rendered.unit,
      kind.commands(wanted, rendered),
      kind.result(wanted, CONTEXT),
    ]);
    expect(rendered.secretVars).toEqual(['xray_masks']);
    expect(masks).toContain(wanted.canary.uuid);
    for (const secret of masks as string[]) expect(text).not.toContain(secret);
  });

  it('names the release in the unit, so that both are switched together', async () => {
    const unit = await file('/etc/systemd/system/myx-xray.service', config({ version: '26.2.4' }));

    expect(unit).toContain('ExecStart=/opt/myx-xray/releases/26.2.4/xray run');
    expect(unit).toContain('NoNewPrivileges=yes');
    expect(unit).toContain('MemoryMax=1024M');
  });

  it('runs a container only when that is asked for', async () => {
    const native = await file('/etc/systemd/system/myx-xray.service');
    const docker = await file(
      '/etc/systemd/system/myx-xray.service',
      config({ runtime: 'docker' }),
    );

    expect(native).not.toContain('docker');
    expect(docker).toContain('myx-xray:26.3.27 run -config /etc/myx-xray/config.json');
    expect(docker).toContain('--cap-drop ALL');
  });

  it('has a canary for every inbound that asks the server itself, in the clear behind Caddy', async () => {
    const check = JSON.parse(await file('/etc/myx-xray/canary.json')) as {
      canaries: { inbound: string; target: unknown; config: { outbounds: unknown[] } }[];
    };

    expect(check.canaries.map(({ inbound }) => inbound)).toEqual([
      'reality',
      'vless-ws',
      'shadowsocks',
    ]);
    expect(check.canaries[0]?.target).toEqual({ host: 'www.example.com', port: 443 });
    for (const { config: client } of check.canaries) {
      expect(JSON.stringify(client.outbounds)).toContain('127.0.0.1');
      expect(JSON.stringify(client.outbounds)).not.toContain('vpn.example');
    }
    expect(JSON.stringify(check.canaries[1]?.config.outbounds)).not.toContain('tlsSettings');
  });

  it('tells in the plan what is unwise', () => {
    const inbounds: XrayConfigInput['inbounds'] = [
      { type: 'vless_reality', port: 8443, target: 'www.example.com' },
    ];
    const commands = kind.commands(config({ inbounds }), {} as never);

    expect(commands.filter((line) => line.startsWith('Mind /inbounds/0/port'))).toHaveLength(1);
  });

  it('sends the archive only when the manager is to', async () => {
    const step = {} as never;
    const sent = await kind.artefacts?.(config(), { ...CONTEXT, step });
    const fetched = await kind.artefacts?.(config({ source: 'host' }), { ...CONTEXT, step });

    expect(sent).toMatchObject([
      { path: `/var/lib/myx-agent/uploads/xray/${SHA256}.zip`, sha256: SHA256, mode: '0600' },
    ]);
    expect(fetched).toEqual([]);
  });

  it('adds what people wrote in Xray’s own words after its own rules', async () => {
    const custom = { outbounds: '[{"tag":"warp","protocol":"freedom"}]', rules: '[{"x":1}]' };
    const text = await file('/etc/myx-xray/config.json', config({ custom }));
    const parsed = JSON.parse(text) as { outbounds: unknown[]; routing: { rules: unknown[] } };

    expect(parsed.outbounds.at(-1)).toEqual({ tag: 'warp', protocol: 'freedom' });
    expect(parsed.routing.rules.at(-1)).toEqual({ x: 1 });
    expect(() => config({ custom: { outbounds: '{}' } })).toThrow('must be a JSON list');
  });
});
