import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';
import type { Server, TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { rankSites, ScanOutput } from '../../backend/src/kinds/xray/reality-scan.js';
import type { ScannedSite } from '../../backend/src/kinds/xray/reality-scan.js';
import { makeCertificate } from '../support/test-certificates.ts';
import type { TestCertificate } from '../support/test-certificates.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../deployment-tool/scripts/reality_scan');

const servers: Server[] = [];
let certificate: TestCertificate;

beforeAll(() => {
  certificate = makeCertificate({ commonName: 'localhost' });
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

async function site(options: TlsOptions): Promise<string> {
  const { certificate: cert, key } = certificate;
  const server = createServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'], ...options });
  servers.push(server);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function scan(...targets: readonly string[]): Promise<readonly ScannedSite[]> {
  const child = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const asked = targets.map((target) => {
    const [host = '', port] = target.split(':');
    return { host, port: Number(port) };
  });
  child.stdin.end(JSON.stringify({ targets: asked, timeout: 20 }));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return rankSites(ScanOutput.parse(JSON.parse(Buffer.concat(chunks).toString())).results);
}

describe('reality_scan', () => {
  it('tells X25519, HTTP/2 and TLS 1.3 apart on real handshakes', async () => {
    const good = await site({});
    const otherGroup = await site({ ecdhCurve: 'P-256' });
    const old = await site({ maxVersion: 'TLSv1.2' });
    const plain = await site({ ALPNProtocols: ['http/1.1'] });

    const sites = await scan(old, otherGroup, good, plain, '127.0.0.1:1');

    const problems = new Map(
      sites.map(({ target, problems: found }) => [target, found.map(({ code }) => code)]),
    );
    // All of them have a certificate that nobody signed, for another name, on another port.
    const always = ['name_mismatch', 'not_port_443'];
    expect(problems.get(good)).toEqual(always);
    expect(problems.get(otherGroup)).toEqual(['no_x25519', ...always]);
    expect(problems.get(old)).toEqual(['no_tls_1_3', 'no_x25519', ...always]);
    expect(problems.get(plain)).toEqual(['no_http2', ...always]);
    expect(problems.get('127.0.0.1:1')).toEqual(['unreachable']);
    expect(sites[0]?.target).toBe(good);
    expect(sites.at(-1)?.target).toBe('127.0.0.1:1');
    expect(sites[0]?.certificate?.valid_to).toMatch(/^\d{4}-/);
  }, 60_000);
});
