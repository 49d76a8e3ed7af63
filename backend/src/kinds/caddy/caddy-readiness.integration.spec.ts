import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:net';
import { freePort } from '../../../../test/support/free-ports.ts';
import { makeCertificate } from '../../../../test/support/test-certificates.ts';
import type { ProbeHost } from '../../deployments/index.js';
import type { StepContext } from '../../operations/index.js';
import { CaddyConfig } from './caddy-config.js';
import { probeCaddy } from './caddy-readiness.js';
import { renderCaddy } from './caddy-render.js';

const rendering = {
  deploymentId: '0c8a3c2e-0000-4000-8000-000000000000',
  serverHost: '127.0.0.1',
  arch: 'x64',
  seed: '5'.repeat(64),
} as const;

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A site on this machine that answers everything with one status. */
function answering(status: number): Promise<number> {
  return listening(createServer((_request, response) => response.writeHead(status).end()));
}

function plainSite(port: number, route: object = { type: 'folder', root: '/srv' }): object {
  return { port, tls: { mode: 'off' }, routes: [route] };
}

/** Probes as an operation does; answers what it logged. */
async function probed(site: object): Promise<string[]> {
  const config = CaddyConfig.parse({ mode: 'sites', sites: [site] });
  const lines: string[] = [];
  const log = (line: string, level = 'info'): number => lines.push(`${level}: ${line}`);
  const context = { signal: new AbortController().signal, log } as unknown as StepContext<unknown>;
  const unneeded = (): Promise<never> => Promise.reject(new Error('not needed'));
  const host: ProbeHost = { run: unneeded, putFile: unneeded, readFile: unneeded };
  const rendered = await renderCaddy(config, rendering);
  await probeCaddy(context, host, { ...rendering, config, rendered });
  return lines;
}

const proxy = { type: 'reverse_proxy', upstreams: ['127.0.0.1:9'] };

describe('probeCaddy', () => {
  it.each([200, 301, 401, 404])('takes status %i for an answer', async (status) => {
    expect(await probed(plainSite(await answering(status)))).toEqual([
      expect.stringMatching(`^info: .*status ${status}`),
    ]);
  });

  it('takes a failure for a failure, except the one of what is behind a proxy', async () => {
    const port = await answering(502);

    await expect(probed(plainSite(port))).rejects.toMatchObject({ code: 'caddy_status' });
    expect(await probed(plainSite(port, proxy))).toEqual([
      expect.stringMatching(/^warning: .*what is behind it does not answer/),
    ]);
    await expect(probed(plainSite(await answering(500), proxy))).rejects.toMatchObject({
      code: 'caddy_status',
    });
  });

  it('wants the status that a site is configured to answer with', async () => {
    const port = await answering(503);

    expect(await probed(plainSite(port, { type: 'respond', status: 503 }))).toHaveLength(1);
    await expect(probed(plainSite(port, { type: 'respond', status: 200 }))).rejects.toMatchObject({
      code: 'caddy_status',
    });
  });

  it('says that nothing answers', async () => {
    const port = await freePort();

    await expect(probed(plainSite(port))).rejects.toMatchObject({
      layer: 'network',
      code: 'caddy_unreachable',
    });
  });

  it('takes the configured certificate and no other', async () => {
    const own = makeCertificate({ commonName: 'own' });
    const other = makeCertificate({ commonName: 'own' });
    const { certificate: cert, key } = own;
    const server = createTlsServer({ cert, key }, (_request, response) => response.end());
    const port = await listening(server);
    const site = (mine: typeof own): object => ({
      hosts: ['a.test'],
      port,
      tls: { mode: 'own', certificate: mine.certificate, key: mine.key },
      routes: [{ type: 'folder', root: '/srv' }],
    });

    expect(await probed(site(own))).toEqual([expect.stringContaining('status 200')]);
    await expect(probed(site(other))).rejects.toMatchObject({
      layer: 'tls',
      code: 'caddy_certificate',
    });
  });
});
