import { verify } from '@node-rs/bcrypt';
import { describe, expect, it } from '@jest/globals';
import { NodeExporterConfig } from './node-exporter-config.js';
import { renderNodeExporter } from './node-exporter-render.js';

const context = {
  deploymentId: '0198a000-0000-7000-8000-000000000000',
  serverHost: '192.0.2.7',
  arch: 'x64',
  seed: 'ab'.repeat(32),
} as const;

const render = (config: object): ReturnType<typeof renderNodeExporter> =>
  renderNodeExporter(NodeExporterConfig.parse(config), context);

describe('the files of a node exporter', () => {
  it('starts the program with flags, and nothing else', async () => {
    const { files } = await render({
      port: 9200,
      collectors: { enabled: ['systemd'], disabled: ['wifi'] },
    });

    expect(files).toHaveLength(1);
    expect(files[0]?.content).toContain(
      'ExecStart=/usr/bin/prometheus-node-exporter --web.listen-address=0.0.0.0:9200 --collector.systemd --no-collector.wifi\n',
    );
  });

  it('keeps passwords as hashes that are the same at every rendering', async () => {
    const config = { basic_auth: [{ username: 'prom', password: 'long enough' }] };

    const [first, again] = [await render(config), await render(config)];

    const web = JSON.parse(String(first.files[1]?.content)) as {
      basic_auth_users: { prom: string };
    };
    expect(first).toEqual(again);
    expect(JSON.stringify(first.files)).not.toContain('long enough');
    expect(await verify('long enough', web.basic_auth_users.prom)).toBe(true);
    expect(first.masks).toEqual([web.basic_auth_users.prom]);
  });

  it('brackets IPv6 addresses', async () => {
    const { files, vars } = await render({ address: '::' });

    expect(files[0]?.content).toContain('--web.listen-address=[::]:9100');
    expect(vars.myx_ready).toMatchObject({ http: [{ url: 'http://[::1]:9100/metrics' }] });
  });

  it.each([
    { collectors: { enabled: ['x --web.config.file=/etc/shadow'] } },
    { collectors: { enabled: ['x\nExecStartPost=/bin/sh'] } },
    { collectors: { enabled: ['wifi'], disabled: ['wifi'] } },
    { address: 'example.org' },
    { basic_auth: [{ username: 'a b', password: 'long enough' }] },
    { tls: { mode: 'own', certificate: 'x', key: 'y' } },
    { unknown: 1 },
  ])('refuses %j', (config) => {
    expect(NodeExporterConfig.safeParse(config).success).toBe(false);
  });
});
