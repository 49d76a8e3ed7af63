import { mkdtemp, rm, stat } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../../../test/support/free-ports.ts';
import { fetchThrough, servePage, serveTlsSite } from '../../../../test/support/local-services.ts';
import { startCaddy } from '../../../../test/support/caddy-process.ts';
import { ensureSystemPackages } from '../../../../test/support/system-packages.ts';
import type { LocalService } from '../../../../test/support/local-services.ts';
import { makeCertificate } from '../../../../test/support/test-certificates.ts';
import type { TestCertificate } from '../../../../test/support/test-certificates.ts';
import { runXray, startXray, testXrayConfig } from '../../../../test/support/xray-process.ts';
import type { XrayProcess } from '../../../../test/support/xray-process.ts';
import { testXrayRelease, TEST_XRAY_VERSIONS } from '../../../../test/support/xray-release.ts';
import type { TestXray } from '../../../../test/support/xray-release.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { caddySnippetFor } from './caddy-snippet.js';
import { formatShareLink } from './format-share-link.js';
import { parseShareLink } from './parse-share-link.js';
import { renderXrayConfig } from './render-xray-config.js';
import type { ShareLink } from './share-link.js';
import { canaryLinksFor, shareLinksFor } from './share-links.js';
import { clientConfigFor } from './xray-client-config.js';
import { DEFAULT_XRAY_VERSION, XrayConfig } from './xray-config.schema.js';
import type { XrayConfigInput } from './xray-config.schema.js';
import { FINGERPRINTS, isBehindCaddy } from './xray-inbound.schema.js';
import { newRealityPrivateKey, realityPublicKeyOf } from './xray-keys.js';

/** The first build of Xray on a machine takes minutes; without it nothing here takes long. */
jest.setTimeout(1_200_000);

const SITE = 'site.example.com';
type InboundInput = XrayConfigInput['inbounds'][number];

let program: string;
let folder: string;
let certificate: TestCertificate;
let page: LocalService;
let target: LocalService;

beforeAll(async () => {
  const packages = await ensureSystemPackages(['caddy', 'openssl']);
  if (!packages.ok) throw new Error(packages.reason);
  ({ program } = await testXrayRelease());
  folder = await mkdtemp(path.join(tmpdir(), 'myx-xray-spec-'));
  certificate = makeCertificate({ commonName: SITE });
  page = await servePage('the page');
  target = await serveTlsSite(certificate);
});

afterAll(async () => {
  await target.close();
  await page.close();
  await rm(folder, { recursive: true });
});

describe('every kind of inbound', () => {
  const inbounds: readonly InboundInput[] = [
    { type: 'vless_reality', target: 'www.example.com' },
    { type: 'vless_reality', tag: 'v6', listen: '::', port: 8443, target: 'a.example', flow: '' },
    { type: 'vless_ws', port: 2001, host: SITE },
    { type: 'trojan_ws', port: 2002, host: SITE },
    { type: 'vmess_ws', port: 2003, host: SITE },
    { type: 'vless_xhttp', port: 2004, host: SITE },
    { type: 'shadowsocks_2022', port: 8388 },
    { type: 'shadowsocks_2022', tag: 'ss-256', port: 8389, method: '2022-blake3-aes-256-gcm' },
  ];

  it.each(Object.keys(TEST_XRAY_VERSIONS) as TestXray[])(
    'passes the test of the real Xray, of the %s version',
    async (which) => {
      const release = await testXrayRelease(which);
      const config = XrayConfig.parse({
        address: '203.0.113.7',
        version: release.version,
        inbounds,
        clients: [{ name: 'ada' }, { name: 'bob', enabled: false }],
      });

      const outcome = await testXrayConfig(release.program, renderXrayConfig(config));

      expect(outcome).toEqual({ code: 0, output: expect.stringContaining('Configuration OK.') });
    },
  );

  it('passes with the gate that newer versions need, and without counters', async () => {
    const config = XrayConfig.parse({
      address: '203.0.113.7',
      version: '26.7.28',
      inbounds: inbounds.slice(0, 1),
      stats: { enabled: false },
    });

    const outcome = await testXrayConfig(program, renderXrayConfig(config));

    expect(outcome).toMatchObject({ code: 0 });
  });

  it('makes clients whose configurations pass too', async () => {
    const config = XrayConfig.parse({
      address: '203.0.113.7',
      inbounds,
      clients: [{ name: 'ada' }],
    });

    for (const { url } of shareLinksFor(config, config.clients[0]!)) {
      const outcome = await testXrayConfig(program, clientConfigFor(parseShareLink(url)));
      expect(outcome).toMatchObject({ code: 0 });
    }
  });

  it.each(FINGERPRINTS)('has clients that look like %s', async (fingerprint) => {
    const reality = { type: 'vless_reality', target: 'www.example.com', fingerprint } as const;
    const config = XrayConfig.parse({ address: '203.0.113.7', inbounds: [reality] });

    const outcome = await testXrayConfig(program, clientConfigFor(canaryLinksFor(config)[0]!.link));

    expect(outcome).toMatchObject({ code: 0 });
  });

  it('is the version that MyX deploys', async () => {
    const { output } = await runXray(program, ['version']);

    expect(output).toMatch(new RegExp(`^Xray ${DEFAULT_XRAY_VERSION} `));
  });
});

describe('a wrong configuration', () => {
  it('ends with 23 and a message that names the fault', async () => {
    const config = XrayConfig.parse({
      address: '203.0.113.7',
      inbounds: [{ type: 'vless_reality', target: 'www.example.com' }],
    });
    const rendered = renderXrayConfig(config) as { inbounds: { streamSettings?: object }[] };
    rendered.inbounds[0]!.streamSettings = {
      ...{ network: 'tcp', security: 'reality' },
      realitySettings: { target: 'x.example:443', serverNames: ['x.example'], privateKey: 'zz' },
    };

    const { code, output } = await testXrayConfig(program, rendered);

    expect(code).toBe(23);
    expect(output).toMatch(/^Failed to start: .*invalid "privateKey"/m);
  });
});

describe('keys', () => {
  it('are what the program itself derives', async () => {
    const privateKey = newRealityPrivateKey();

    const { output } = await runXray(program, ['x25519', '-i', privateKey]);

    expect(output).toContain(`PrivateKey: ${privateKey}`);
    expect(output).toContain(realityPublicKeyOf(privateKey));
  });
});

describe('geodata of the test release', () => {
  it('is what Xray reads', async () => {
    const rules = [
      { type: 'field', ip: ['geoip:private'], outboundTag: 'block' },
      { type: 'field', domain: ['geosite:private'], outboundTag: 'block' },
    ];
    const outbounds = [{ protocol: 'freedom' }, { protocol: 'blackhole', tag: 'block' }];

    const outcome = await testXrayConfig(program, { outbounds, routing: { rules } });

    expect(outcome).toMatchObject({ code: 0 });
  });
});

describe('a client made from a share link', () => {
  const open: { close(): Promise<void> }[] = [];
  let sockets = 0;

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  /** A server with one inbound and one client, on the loopback address. */
  async function serve(inbound: InboundInput, change: Partial<XrayConfigInput> = {}) {
    const config = XrayConfig.parse({
      address: '127.0.0.1',
      inbounds: [inbound],
      clients: [{ name: 'ada' }],
      routing: { block_private: false },
      canary: { port: page.port },
      ...change,
    });
    // A killed Xray leaves its socket behind, and the next one cannot take its place.
    sockets += 1;
    const apiSocket = path.join(folder, `api-${sockets}.sock`);
    const dns = { hosts: { 'inward.example': '127.0.0.1' } };
    const rendered = { ...renderXrayConfig(config, { apiSocket }), dns };
    const server = await startXray(program, rendered, [config.inbounds[0]!.port]);
    open.push(server);
    return { config, server, apiSocket };
  }

  /** Runs a client on the link and fetches the page with it. */
  async function fetchBy(link: ShareLink, url: string): Promise<string> {
    const httpPort = await freePort();
    const client = await startXray(program, clientConfigFor(link, { httpPort }), [httpPort]);
    open.push(client);
    // REALITY learns what its target looks like only after it has started.
    return eventually(`${url} through ${link.protocol}`, () => fetchThrough(httpPort, url));
  }

  async function reality(): Promise<InboundInput> {
    const port = await freePort();
    const place = { target: `127.0.0.1:${target.port}`, server_names: [SITE] };
    return { type: 'vless_reality', port, ...place };
  }

  it('fetches a page through REALITY with Vision', async () => {
    const { config } = await serve(await reality());
    const [link] = shareLinksFor(config, config.clients[0]!);

    const fetched = await fetchBy(parseShareLink(link!.url), `http://127.0.0.1:${page.port}/`);

    expect(fetched).toBe('the page');
  });

  it('fetches a page through Shadowsocks 2022', async () => {
    const port = await freePort();
    const { config } = await serve({ type: 'shadowsocks_2022', port });
    const [link] = shareLinksFor(config, config.clients[0]!);

    const fetched = await fetchBy(parseShareLink(link!.url), `http://127.0.0.1:${page.port}/`);

    expect(fetched).toBe('the page');
  });

  it.each(['vless_ws', 'trojan_ws', 'vmess_ws', 'vless_xhttp'] as const)(
    'fetches a page through %s behind a real Caddy, which shows its own site to others',
    async (type) => {
      const [port, publicPort] = [await freePort(), await freePort()];
      const { config } = await serve({ type, port, host: SITE, public_port: publicPort });
      const { caddyfile } = caddySnippetFor(config.inbounds.find(isBehindCaddy)!);
      const directives = `${caddyfile}\nrespond "the decoy"`;
      open.push(await startCaddy({ host: SITE, port: publicPort, certificate, directives }));
      const [link] = shareLinksFor(config, config.clients[0]!);

      const url = pinned(link!.link);
      const fetched = await fetchBy(parseShareLink(url), `http://127.0.0.1:${page.port}/`);

      expect(fetched).toBe('the page');
      expect(await fetchSite(publicPort)).toBe('the decoy');
    },
  );

  /** What a browser sees on the site. */
  function fetchSite(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const ca = certificate.certificate;
      const servername = SITE;
      const headers = { host: `${SITE}:${port}` };
      const place = { host: '127.0.0.1', port, servername };
      const asked = https.get({ ...place, ca, headers, agent: false });
      asked.on('error', reject);
      asked.on('response', (response) => {
        text(response).then(resolve, reject);
      });
    });
  }

  /** The same link for a certificate that no system trusts. */
  function pinned(link: ShareLink): string {
    if (link.protocol === 'shadowsocks' || link.security.type !== 'tls')
      return formatShareLink(link);
    const security = { ...link.security, pinnedCertificate: certificate.fingerprint };
    return formatShareLink({ ...link, security });
  }

  it('does not reach the loopback address of the server, but the canary reaches its page', async () => {
    const { config, server } = await serve(await reality(), {
      routing: { block_private: true },
      log_level: 'info',
      access_log: true,
    });
    const [mine] = shareLinksFor(config, config.clients[0]!);
    const [canary] = canaryLinksFor(config);

    // Wherever the canary wants to go, it ends at its page: so the way works, and nothing else is open.
    const fetched = await fetchBy(parseShareLink(canary!.url), 'http://www.example.com/');
    const httpPort = await freePort();
    const client = clientConfigFor(parseShareLink(mine!.url), { httpPort });
    open.push(await startXray(program, client, [httpPort]));
    const refused = ['127.0.0.1', 'localhost', '[::1]', 'inward.example'].map((host) =>
      expect(fetchThrough(httpPort, `http://${host}:${page.port}/`)).rejects.toThrow(),
    );
    await Promise.all(refused);

    expect(fetched).toBe('the page');
    await untilBlocked(server, '127.0.0.1');
    // A name that points inwards is looked up before the rules are asked.
    await untilBlocked(server, 'inward.example');
  });

  /** Xray writes its log a moment after what it tells of. */
  async function untilBlocked(server: XrayProcess, host: string): Promise<void> {
    const line = new RegExp(`accepted .*${host.replaceAll('.', '\\.')}.*myx-block`);
    await eventually(`${host} is blocked`, () =>
      Promise.resolve(line.test(server.output()) || undefined),
    );
  }

  it('is refused after it was disabled', async () => {
    const inbound = await reality();
    const { config, server } = await serve(inbound);
    const [link] = shareLinksFor(config, config.clients[0]!);
    await fetchBy(link!.link, `http://127.0.0.1:${page.port}/`);
    await server.close();
    open.splice(open.indexOf(server), 1);

    await serve(config.inbounds[0]!, {
      ...config,
      clients: [{ ...config.clients[0]!, enabled: false }],
    });
    const httpPort = await freePort();
    open.push(await startXray(program, clientConfigFor(link!.link, { httpPort }), [httpPort]));
    const [canary] = canaryLinksFor(config);
    await fetchBy(canary!.link, 'http://www.example.com/');

    await expect(fetchThrough(httpPort, `http://127.0.0.1:${page.port}/`)).rejects.toThrow();
  });

  it('is counted by its id, on a unix socket that only the owner can open', async () => {
    const { config, server, apiSocket } = await serve(await reality());
    const client = config.clients[0]!;
    const [link] = shareLinksFor(config, client);
    await fetchBy(link!.link, `http://127.0.0.1:${page.port}/`);

    await eventually('the client is counted', async () => {
      const answer = await server.run('api', 'statsquery', `--server=unix:${apiSocket}`);
      const { stat: all } = JSON.parse(answer) as { stat: { name: string; value?: number }[] };
      const name = `user>>>${client.id}>>>traffic>>>downlink`;
      const downlink = all.find((counter) => counter.name === name)?.value ?? 0;
      return downlink > 'the page'.length || undefined;
    });

    expect((await stat(apiSocket)).mode & 0o777).toBe(0o600);
  });
});
